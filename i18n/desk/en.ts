// The desk's texts: one file a domain, each with the refusals of its own.
import activities from './en/activities.json' with { type: 'json' }
import addedRules from './en/added-rules.json' with { type: 'json' }
import answers from './en/answers.json' with { type: 'json' }
import audit from './en/audit.json' with { type: 'json' }
import checkIn from './en/check-in.json' with { type: 'json' }
import childrenBeside from './en/children-beside.json' with { type: 'json' }
import classes from './en/classes.json' with { type: 'json' }
import corrections from './en/corrections.json' with { type: 'json' }
import certificates from './en/certificates.json' with { type: 'json' }
import creditCaps from './en/credit-caps.json' with { type: 'json' }
import credits from './en/credits.json' with { type: 'json' }
import daysOff from './en/days-off.json' with { type: 'json' }
import departures from './en/departures.json' with { type: 'json' }
import desk from './en/desk.json' with { type: 'json' }
import draws from './en/draws.json' with { type: 'json' }
import feedback from './en/feedback.json' with { type: 'json' }
import few from './en/few.json' with { type: 'json' }
import figureCheck from './en/figure-check.json' with { type: 'json' }
import figureRecords from './en/figure-records.json' with { type: 'json' }
import homeRows from './en/home-rows.json' with { type: 'json' }
import homes from './en/homes.json' with { type: 'json' }
import figureTables from './en/figure-tables.json' with { type: 'json' }
import guests from './en/guests.json' with { type: 'json' }
import honours from './en/honours.json' with { type: 'json' }
import helpers from './en/helpers.json' with { type: 'json' }
import importOn from './en/import-on.json' with { type: 'json' }
import imports from './en/imports.json' with { type: 'json' }
import lecturerPhotos from './en/lecturer-photos.json' with { type: 'json' }
import lecturerTimes from './en/lecturer-times.json' with { type: 'json' }
import lecturers from './en/lecturers.json' with { type: 'json' }
import lateChanges from './en/late-changes.json' with { type: 'json' }
import listSessions from './en/list-sessions.json' with { type: 'json' }
import makeUp from './en/make-up.json' with { type: 'json' }
import materials from './en/materials.json' with { type: 'json' }
import metrics from './en/metrics.json' with { type: 'json' }
import moreFigures from './en/more-figures.json' with { type: 'json' }
import network from './en/network.json' with { type: 'json' }
import networkFigures from './en/network-figures.json' with { type: 'json' }
import networkLists from './en/network-lists.json' with { type: 'json' }
import people from './en/people.json' with { type: 'json' }
import offenders from './en/offenders.json' with { type: 'json' }
import periodActs from './en/period-acts.json' with { type: 'json' }
import periods from './en/periods.json' with { type: 'json' }
import points from './en/points.json' with { type: 'json' }
import populationAreas from './en/population-areas.json' with { type: 'json' }
import populations from './en/populations.json' with { type: 'json' }
import postPlaces from './en/post-places.json' with { type: 'json' }
import posts from './en/posts.json' with { type: 'json' }
import printing from './en/printing.json' with { type: 'json' }
import rangeFigures from './en/range-figures.json' with { type: 'json' }
import recognition from './en/recognition.json' with { type: 'json' }
import reconciliation from './en/reconciliation.json' with { type: 'json' }
import records from './en/records.json' with { type: 'json' }
import reratings from './en/reratings.json' with { type: 'json' }
import reviews from './en/reviews.json' with { type: 'json' }
import residents from './en/residents.json' with { type: 'json' }
import rewards from './en/rewards.json' with { type: 'json' }
import sheets from './en/sheets.json' with { type: 'json' }
import signIn from './en/sign-in.json' with { type: 'json' }
import staffTrainings from './en/staff-trainings.json' with { type: 'json' }
import teamLeaders from './en/team-leaders.json' with { type: 'json' }
import termAgain from './en/term-again.json' with { type: 'json' }
import venues from './en/venues.json' with { type: 'json' }
import sessionHeads from './en/session-heads.json' with { type: 'json' }
import sessionHelpers from './en/session-helpers.json' with { type: 'json' }
import serviceScans from './en/service-scans.json' with { type: 'json' }
import settlement from './en/settlement.json' with { type: 'json' }
import volunteers from './en/volunteers.json' with { type: 'json' }

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
