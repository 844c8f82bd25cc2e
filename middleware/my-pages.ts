/** Family, records and rooms of a team say what no other page says. One name for the three: every page knows the names of all. */
export default defineNuxtRouteMiddleware(() => Promise.all([loadFamilyTexts(), loadRecordTexts(), loadTeamRoomTexts()]).then(() => undefined))
