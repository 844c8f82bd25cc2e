import type { ActivityEntry } from '~~/shared/types/activities'

/** What activities have to say in more than one place: times, seats, cost. */
export function useActivityWords() {
  const t = useActivityTranslate()
  const { lang } = usePreferences()
  const moment = (value: string) => formatMoment(value, lang.value)
  const yuan = (fen: number) => formatNumber(fen / 100)
  return {
    t,
    moment,
    when: (startsAt: string, endsAt: string) => formatSession(startsAt, endsAt, lang.value),
    fee: (fen: number, what?: string | null) => fen === 0 ? t('activities.fee.none') : what ? t('activities.fee.for', { yuan: yuan(fen), what }) : t('activities.fee.amount', { yuan: yuan(fen) }),
    seats: ({ signUp, opensAt, closesAt, free }: Pick<ActivityEntry, 'signUp' | 'opensAt' | 'closesAt' | 'free'>) => {
      if (signUp === 'none') return t('activities.seats.none')
      if (opensAt && Date.parse(opensAt) > Date.now()) return t('activities.seats.opens', { time: moment(opensAt) })
      if (closesAt && Date.parse(closesAt) <= Date.now()) return t('activities.seats.closed')
      return free! > 0 ? t('activities.seats.left', { count: free }) : t('activities.seats.full')
    },
  }
}
