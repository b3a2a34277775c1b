import type { Mailbox } from './mails.ts'
import { calledGroup, type NamedGroup } from './managed.ts'
import type { Notice } from './noticed.ts'
import { everybody, type Person, personBy } from './people.ts'
import { seededStays } from './seeds.ts'
import { newStay, replan, type Stay, type StayKind, type StayThen, stayPlanned, stayThen } from './stays.ts'

/** `how` an assignment came about in PIM: by an administrator (the default), or by the person. */
export type Wish = { minutes: number; reason: string; how?: Exclude<StayKind, 'direct'> | undefined; id?: string }

export type Memberships = ReturnType<typeof createMemberships>

type Parts = NamedGroup & { clock: () => Date; notify: Mailbox['notify']; noticed: Notice['noticed'] }

/** The members of one group with their ends. */
export function createMemberships({ clock, group, name, notify, noticed }: Parts) {
  const stays: Stay[] = seededStays(clock(), group)
  const called = () => calledGroup({ group, name })

  return {
    notify,
    activeUntil,
    instancesAt,
    membersAt,
    plannedFor,
    ...noticed({ begin, moveEnd, assign, extend, end, addDirectly, removeDirectly }),
  }

  /** When the membership ends; 'permanent' when it does not; undefined when there is none now. */
  function activeUntil(key: string, at = clock()): Date | 'permanent' | undefined {
    const memberships = staysAt(at).filter(stay => stay.key === key && stay.isMember)
    if (memberships.length === 0) return undefined
    if (memberships.some(({ until }) => !until)) return 'permanent'
    return new Date(Math.max(...memberships.map(({ until }) => until?.getTime() ?? 0)))
  }

  /** The assignments that are in force, oldest first. */
  function instancesAt(at: Date): StayThen[] {
    return staysAt(at).filter(({ kind }) => kind !== 'direct')
  }

  /** The direct members of the group, through PIM or past it, in the order of the people. */
  function membersAt(at: Date): string[] {
    const keys = new Set(staysAt(at).flatMap(({ key, isMember }) => (isMember ? [key] : [])))
    return everybody.map(({ key }) => key).filter(key => keys.has(key))
  }

  /** The person's assignments that are in force or still to come, oldest first. */
  function plannedFor(key: string, at = clock()): StayThen[] {
    const planned = stays.flatMap(stay => (stay.key === key && stay.kind !== 'direct' && stayPlanned(stay, at)) || [])
    return planned.toSorted((one, other) => one.from.getTime() - other.from.getTime())
  }

  /** Begins a stay that PIM has granted. A membership that was added past PIM becomes this stay. */
  function begin({ until, ...stay }: Omit<StayThen, 'isMember'>): void {
    const now = clock()
    if (stay.from <= now) change(stay.key, each => each.kind === 'direct' && replan(each, now, { until: now }))
    stays.push(newStay(stay, until))
  }

  /** Gives a stay another end, or none. */
  function moveEnd(id: string, until: Date | undefined): void {
    const stay = stays.find(each => each.id === id)
    if (stay) replan(stay, clock(), { until })
  }

  /** Throws when the person is unknown, the reason is empty or the time is not a positive number of minutes. */
  function assign(key: string, wish: Wish): void {
    const { person, reason, ms } = checked(key, wish)
    const now = clock()
    const until = new Date(now.getTime() + ms)
    close(key, now)
    stays.push(newStay({ ...(wish.id && { id: wish.id }), key, kind: wish.how ?? 'assigned', from: now }, until))
    notify(person, { subject: `${person.name} was assigned to ${called()}`, until, reason })
  }

  /** Moves the end of an assignment away by some minutes. Throws like `assign`, and when there is no end to move. */
  function extend(key: string, wish: Omit<Wish, 'how'>): void {
    const { person, reason, ms } = checked(key, wish)
    const end = inPim(person).until
    if (!end) throw new Error(`${person.name} is in ${called()} without an end`)
    const until = new Date(end.getTime() + ms)
    change(key, stay => replan(stay, clock(), { until }))
    notify(person, {
      subject:
        group === 'members'
          ? `The access of ${person.name} was extended`
          : `The access of ${person.name} to ${called()} was extended`,
      until,
      reason,
    })
  }

  /** Throws when the person is unknown or has no assignment now. */
  function end(key: string, reason = 'ended by an administrator'): void {
    const person = personBy(key)
    inPim(person)
    const now = clock()
    change(key, stay => stay.kind !== 'direct' && replan(stay, now, { until: now }))
    notify(person, { subject: `${person.name} was removed from ${called()}`, until: now, reason })
  }

  /** Makes the person a member past PIM: no instance, no end, no mail. Throws when they are one already. */
  function addDirectly(key: string): void {
    const person = personBy(key)
    if (activeUntil(key)) throw new Error(`${person.name} is in ${called()} already`)
    stays.push(newStay({ key, kind: 'direct', from: clock() }, undefined))
  }

  /** Takes the person out of the group past PIM: an instance that they have stays. Throws when they are no member. */
  function removeDirectly(key: string): void {
    const person = personBy(key)
    if (!activeUntil(key)) throw new Error(`${person.name} is not in ${called()}`)
    const now = clock()
    change(key, stay => replan(stay, now, stay.kind === 'direct' ? { until: now } : { isMember: false }))
  }

  function staysAt(at: Date): StayThen[] {
    return stays.flatMap(stay => stayThen(stay, at) ?? [])
  }

  function inPim({ key, name }: Person): StayThen {
    const stay = instancesAt(clock()).find(each => each.key === key)
    if (!stay) throw new Error(`${name} is not in ${called()} through PIM`)
    return stay
  }

  function close(key: string, now: Date): void {
    change(key, stay => replan(stay, now, { until: now }))
  }

  function change(key: string, act: (stay: Stay) => unknown): void {
    for (const stay of stays) if (stay.key === key && stayThen(stay, clock())) act(stay)
  }
}

function checked(key: string, { minutes, reason }: Wish) {
  const person = personBy(key)
  if (!reason?.trim()) throw new Error('an assignment needs a reason')
  if (!Number.isFinite(minutes) || minutes <= 0) throw new Error('an assignment needs a time in minutes')
  return { person, reason, ms: minutes * 60_000 }
}
