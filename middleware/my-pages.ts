/** Family, records, rooms of a team, one's calendar and seats say what no other page says. One name for all: every page knows the names of all. */
export default defineNuxtRouteMiddleware(({ path }) => Promise.all([
  loadFamilyTexts(), loadRecordTexts(), loadTeamRoomTexts(), ...(/calendar|seats/.test(path) ? [loadMyCalendarTexts()] : []),
]).then(() => undefined))
