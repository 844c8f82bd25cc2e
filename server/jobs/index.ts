import { checkSeats, drawSeats, lapseOffers, remindOfSessions, textNotices } from './activities'
import { checkFigures } from './check-figures'
import { courseCompletions } from './course-completions'
import { creditCheck } from './credit-check'
import { dueActs } from './due-acts'
import { endPoints } from './end-points'
import { findDuplicates } from './find-duplicates'
import { honours } from './honours'
import { importJob, importsResume, importsTidy } from './imports'
import { pointWarnings } from './point-warnings'
import { publishFigures } from './publish-figures'
import { rangeFigureJob, rangeFiguresResume, rangeFiguresTidy } from './range-figures'
import { recognitionFiles } from './recognition-files'
import { reportReminders } from './report-reminders'
import { reratingJob, reratingsResume } from './reratings'
import { rewardHolds } from './reward-holds'
import { settlement, settlementResume } from './settlement'
import { signCredentials, wantCertificates } from './sign-credentials'
import { checkService, lateDisputes, recountService, remindOfShifts } from './volunteers'

/** Every job of the server; a job that is not here never runs. */
export const jobs = [
  checkFigures, checkSeats, checkService, courseCompletions,
  creditCheck, drawSeats, dueActs, endPoints, findDuplicates, honours, importJob, importsResume, importsTidy, lapseOffers, lateDisputes,
  pointWarnings, publishFigures, rangeFigureJob, rangeFiguresResume, rangeFiguresTidy, recognitionFiles, recountService, remindOfSessions, remindOfShifts,
  reportReminders, reratingJob, reratingsResume, rewardHolds, settlement, settlementResume, signCredentials, textNotices, wantCertificates,
] as Job[]
