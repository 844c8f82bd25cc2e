// The desk's texts: one file a domain, each with the refusals of its own.
import activities from './zh-CN/activities.json' with { type: 'json' }
import addedRules from './zh-CN/added-rules.json' with { type: 'json' }
import answers from './zh-CN/answers.json' with { type: 'json' }
import audit from './zh-CN/audit.json' with { type: 'json' }
import checkIn from './zh-CN/check-in.json' with { type: 'json' }
import childrenBeside from './zh-CN/children-beside.json' with { type: 'json' }
import classes from './zh-CN/classes.json' with { type: 'json' }
import corrections from './zh-CN/corrections.json' with { type: 'json' }
import certificates from './zh-CN/certificates.json' with { type: 'json' }
import creditCaps from './zh-CN/credit-caps.json' with { type: 'json' }
import credits from './zh-CN/credits.json' with { type: 'json' }
import daysOff from './zh-CN/days-off.json' with { type: 'json' }
import departures from './zh-CN/departures.json' with { type: 'json' }
import desk from './zh-CN/desk.json' with { type: 'json' }
import draws from './zh-CN/draws.json' with { type: 'json' }
import feedback from './zh-CN/feedback.json' with { type: 'json' }
import few from './zh-CN/few.json' with { type: 'json' }
import figureCheck from './zh-CN/figure-check.json' with { type: 'json' }
import figureRecords from './zh-CN/figure-records.json' with { type: 'json' }
import homeRows from './zh-CN/home-rows.json' with { type: 'json' }
import homes from './zh-CN/homes.json' with { type: 'json' }
import figureTables from './zh-CN/figure-tables.json' with { type: 'json' }
import guests from './zh-CN/guests.json' with { type: 'json' }
import honours from './zh-CN/honours.json' with { type: 'json' }
import helpers from './zh-CN/helpers.json' with { type: 'json' }
import importOn from './zh-CN/import-on.json' with { type: 'json' }
import imports from './zh-CN/imports.json' with { type: 'json' }
import lecturerPhotos from './zh-CN/lecturer-photos.json' with { type: 'json' }
import lecturerTimes from './zh-CN/lecturer-times.json' with { type: 'json' }
import lecturers from './zh-CN/lecturers.json' with { type: 'json' }
import lateChanges from './zh-CN/late-changes.json' with { type: 'json' }
import listSessions from './zh-CN/list-sessions.json' with { type: 'json' }
import makeUp from './zh-CN/make-up.json' with { type: 'json' }
import materials from './zh-CN/materials.json' with { type: 'json' }
import metrics from './zh-CN/metrics.json' with { type: 'json' }
import moreFigures from './zh-CN/more-figures.json' with { type: 'json' }
import network from './zh-CN/network.json' with { type: 'json' }
import networkFigures from './zh-CN/network-figures.json' with { type: 'json' }
import networkLists from './zh-CN/network-lists.json' with { type: 'json' }
import people from './zh-CN/people.json' with { type: 'json' }
import offenders from './zh-CN/offenders.json' with { type: 'json' }
import periodActs from './zh-CN/period-acts.json' with { type: 'json' }
import periods from './zh-CN/periods.json' with { type: 'json' }
import points from './zh-CN/points.json' with { type: 'json' }
import populationAreas from './zh-CN/population-areas.json' with { type: 'json' }
import populations from './zh-CN/populations.json' with { type: 'json' }
import postPlaces from './zh-CN/post-places.json' with { type: 'json' }
import posts from './zh-CN/posts.json' with { type: 'json' }
import printing from './zh-CN/printing.json' with { type: 'json' }
import rangeFigures from './zh-CN/range-figures.json' with { type: 'json' }
import recognition from './zh-CN/recognition.json' with { type: 'json' }
import reconciliation from './zh-CN/reconciliation.json' with { type: 'json' }
import records from './zh-CN/records.json' with { type: 'json' }
import reratings from './zh-CN/reratings.json' with { type: 'json' }
import reviews from './zh-CN/reviews.json' with { type: 'json' }
import residents from './zh-CN/residents.json' with { type: 'json' }
import rewards from './zh-CN/rewards.json' with { type: 'json' }
import sheets from './zh-CN/sheets.json' with { type: 'json' }
import signIn from './zh-CN/sign-in.json' with { type: 'json' }
import staffTrainings from './zh-CN/staff-trainings.json' with { type: 'json' }
import teamLeaders from './zh-CN/team-leaders.json' with { type: 'json' }
import termAgain from './zh-CN/term-again.json' with { type: 'json' }
import venues from './zh-CN/venues.json' with { type: 'json' }
import sessionHeads from './zh-CN/session-heads.json' with { type: 'json' }
import sessionHelpers from './zh-CN/session-helpers.json' with { type: 'json' }
import serviceScans from './zh-CN/service-scans.json' with { type: 'json' }
import settlement from './zh-CN/settlement.json' with { type: 'json' }
import volunteers from './zh-CN/volunteers.json' with { type: 'json' }

export default {
  ...activities,
  ...addedRules,
  ...answers,
  ...audit,
  ...checkIn,
  ...childrenBeside,
  ...classes,
  ...corrections,
  ...certificates,
  ...creditCaps,
  ...credits,
  ...daysOff,
  ...departures,
  ...desk,
  ...draws,
  ...feedback,
  ...few,
  ...figureCheck,
  ...figureRecords,
  ...homeRows,
  ...homes,
  ...figureTables,
  ...guests,
  ...honours,
  ...helpers,
  ...importOn,
  ...imports,
  ...lecturerPhotos,
  ...lecturerTimes,
  ...lecturers,
  ...lateChanges,
  ...listSessions,
  ...makeUp,
  ...materials,
  ...metrics,
  ...moreFigures,
  ...network,
  ...networkFigures,
  ...networkLists,
  ...people,
  ...offenders,
  ...periodActs,
  ...periods,
  ...points,
  ...populationAreas,
  ...populations,
  ...postPlaces,
  ...posts,
  ...printing,
  ...rangeFigures,
  ...recognition,
  ...reconciliation,
  ...records,
  ...reratings,
  ...reviews,
  ...residents,
  ...rewards,
  ...sheets,
  ...signIn,
  ...sessionHeads,
  ...sessionHelpers,
  ...serviceScans,
  ...settlement,
  ...teamLeaders,
  ...termAgain,
  ...venues,
  ...volunteers,
  errors: {
    ...activities.errors,
    ...addedRules.errors,
    ...audit.errors,
    ...checkIn.errors,
    ...classes.errors,
    ...corrections.errors,
    ...certificates.errors,
    ...creditCaps.errors,
    ...credits.errors,
    ...daysOff.errors,
    ...departures.errors,
    ...desk.errors,
    ...draws.errors,
    ...feedback.errors,
    ...few.errors,
    ...figureRecords.errors,
    ...guests.errors,
    ...honours.errors,
    ...helpers.errors,
    ...imports.errors,
    ...lecturerPhotos.errors,
    ...lecturerTimes.errors,
    ...lecturers.errors,
    ...lateChanges.errors,
    ...listSessions.errors,
    ...makeUp.errors,
    ...materials.errors,
    ...offenders.errors,
    ...metrics.errors,
    ...network.errors,
    ...networkLists.errors,
    ...people.errors,
    ...periodActs.errors,
    ...periods.errors,
    ...points.errors,
    ...populationAreas.errors,
    ...populations.errors,
    ...postPlaces.errors,
    ...posts.errors,
    ...printing.errors,
    ...rangeFigures.errors,
    ...recognition.errors,
    ...reconciliation.errors,
    ...records.errors,
    ...reratings.errors,
    ...reviews.errors,
    ...residents.errors,
    ...rewards.errors,
    ...sheets.errors,
    ...signIn.errors,
    ...sessionHeads.errors,
    ...sessionHelpers.errors,
    ...settlement.errors,
    ...staffTrainings.errors,
    ...teamLeaders.errors,
    ...termAgain.errors,
    ...venues.errors,
    ...volunteers.errors,
  },
}
