/** Rooms of a team say what no other page says: their texts are fetched with them. */
export default defineNuxtRouteMiddleware(loadTeamRoomTexts)
