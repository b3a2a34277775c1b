import { groups } from './ids.ts'
import { type Person, people, personBy } from './people.ts'

export type Mail = { at: Date; to: string; subject: string; person: string; until: Date; reason: string }
export type Wish = { minutes: number; reason: string }

/** One stay in the access group. Stays are kept when they are over: a lagging token still shows them. */
type Stay = { key: string; from: Date; until: Date | undefined }

export type Memberships = ReturnType<typeof createMemberships>

/** Who is in the access group and until when, and the e-mails PIM would have sent about it. */
export function createMemberships(clock: () => Date) {
  const stays: Stay[] = []
  const mails: Mail[] = []
  reset()

  return { mails, activeUntil, groupsAt, assign, end, reset }

  /** When the membership ends; 'permanent' when it does not; undefined when there is none now. */
  function activeUntil(key: string, at = clock()): Date | 'permanent' | undefined {
    const stay = stayAt(key, at)
    return stay && (stay.until ?? 'permanent')
  }

  function groupsAt(person: Person, at: Date): string[] {
    return stayAt(person.key, at) ? [...person.standingGroups, groups.access] : [...person.standingGroups]
  }

  /** Throws when the person is unknown, the reason is empty or the time is not a positive number of minutes. */
  function assign(key: string, { minutes, reason }: Wish): void {
    const person = personBy(key)
    if (!reason?.trim()) throw new Error('an assignment needs a reason')
    if (!Number.isFinite(minutes) || minutes <= 0) throw new Error('an assignment needs a time in minutes')
    const now = clock()
    const until = new Date(now.getTime() + minutes * 60_000)
    close(key, now)
    stays.push({ key, from: now, until })
    notify(person, { subject: `${person.name} was assigned to the access group`, until, reason })
  }

  /** Throws when the person is unknown or has no membership now. */
  function end(key: string, reason = 'ended by an administrator'): void {
    const person = personBy(key)
    const now = clock()
    if (!stayAt(key, now)) throw new Error(`${person.name} is not in the access group`)
    close(key, now)
    notify(person, { subject: `${person.name} was removed from the access group`, until: now, reason })
  }

  function reset(): void {
    const now = clock().getTime()
    const longAgo = new Date(now - 24 * 3_600_000)
    mails.length = 0
    stays.length = 0
    for (const { key, access } of people) {
      if (access === 'permanent') stays.push({ key, from: longAgo, until: undefined })
      if (access === 'active') stays.push({ key, from: longAgo, until: new Date(now + 8 * 3_600_000) })
    }
  }

  function stayAt(key: string, at: Date): Stay | undefined {
    return stays.find(stay => stay.key === key && stay.from <= at && (!stay.until || at < stay.until))
  }

  function close(key: string, now: Date): void {
    const stay = stayAt(key, now)
    if (stay) stay.until = now
  }

  function notify(person: Person, news: { subject: string; until: Date; reason: string }): void {
    const administrators = people.filter(each => each.standingGroups.includes(groups.administrators))
    const recipients = new Set([person, ...administrators].map(each => each.email ?? each.username))
    for (const to of recipients) mails.push({ at: clock(), to, person: person.key, ...news })
  }
}
