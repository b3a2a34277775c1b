import { z } from 'zod'
import { lowerGuid } from '../../../entra/graph/shapes.ts'
import { shortestStayMs } from '../../../entra/pim/limits.ts'
import type { Who } from '../../../gate/asking/pim-token.ts'
import type { GatePeople } from '../../../pim/people/gate-people.ts'
import type { PeriodOn } from '../../../pim/people/on.ts'
import type { People } from '../../../pim/people/people.ts'
import { isReason } from '../../../pim/wish/form.ts'
import { instantOf } from '../../shell/instant.ts'
import { type PeopleAct, peoplePath } from './addresses.ts'

const askedShape = z.object({ gate: z.string(), person: lowerGuid })

/** Somebody about whom an administrator decides, at one gate. Without `name` nobody tells it. */
export type Decided = {
  act: PeopleAct
  gate: string
  title: string
  id: string
  name?: string
  username?: string
  /** The period that is to be ended, where Microsoft shows it. */
  period?: PeriodOn
}

const acts: Record<string, PeopleAct> = { end: 'end', remove: 'remove', keep: 'keep' }

/**
 * The person and the gate that an address or a form names, for the act that its path names. Undefined where there is no such
 * gate, or where Microsoft's lists are whole and show nothing to decide about. `even: 'new'`: the lists are read anew, so that
 * an act is about what is there now.
 */
export async function decidedIn(
  people: Pick<People, 'gates' | 'at'>,
  { path, given, who, even }: { path: string; given: unknown; who: Who; even?: 'new' },
): Promise<Decided | undefined> {
  const act = acts[path.slice(peoplePath.length + 1)]
  const { gate: name, person: id } = askedShape.safeParse(given).data ?? {}
  const gate = people.gates.find(each => each.gate === name)
  if (!act || !gate || !id) return undefined
  const found = await people.at(who, [gate.gate], even)
  const [at] = found.people
  const period = at?.on.find(each => each.id === id && each.how !== 'past-pim')
  const isThere = act === 'end' ? period !== undefined : at?.permitted.some(each => each.id === id)
  // Access can be ended also while Microsoft shows no lists.
  if (!isThere && isTold(at, act)) return undefined
  const { name: called, username } = found.names.get(id) ?? {}
  return {
    act,
    ...gate,
    id,
    ...(called && { name: called }),
    ...(username && { username }),
    ...(act === 'end' && period && { period }),
  }
}

function isTold(at: GatePeople | undefined, act: PeopleAct): boolean {
  const list = act === 'end' ? 'active' : 'eligible'
  return at !== undefined && !at.missing.some(each => each.list === list)
}

const words: Record<PeopleAct, { title: string; button: string; what: (name: string, title: string) => string }> = {
  end: {
    title: 'End access',
    button: 'End access now',
    what: (name, title) =>
      `${name} loses access to ${title} at once: in all their sessions here, and at Microsoft. They stay signed in, and their other access stays on.`,
  },
  remove: {
    title: 'Remove the permission',
    button: 'Remove the permission',
    what: (name, title) =>
      `${name} can no longer turn on access to ${title}. Access that is on stays on until it ends: end it too if it should not.`,
  },
  keep: {
    title: 'Keep the permission',
    button: 'Keep the permission',
    what: (name, title) =>
      `${name} can go on turning on access to ${title}. The trail says that you looked at it and why.`,
  },
}

const hints: Record<PeopleAct, string> = {
  end: 'They read it with your name, and so does whoever reviews access.',
  remove: 'It stands in the trail with your name, and at Microsoft.',
  keep: 'It stands in the trail with your name.',
}

/** The model of the page on which an administrator decides. `id` names the form, so that sent twice it is one act. */
export function decidingModel(
  { act, gate, title, id, name, period }: Decided,
  { form, now, comment = '', error = '' }: { form: string; now: Date; comment?: string; error?: string },
) {
  const { title: heading, button, what } = words[act]
  const tooYoungUntil = period?.from === undefined ? 0 : period.from + shortestStayMs
  return {
    heading,
    isKeep: act === 'keep',
    tooYoungUntil: tooYoungUntil > now.getTime() ? instantOf(new Date(tooYoungUntil), now) : undefined,
    error,
    act: {
      id: act,
      post: `${peoplePath}/${act}`,
      fields: { gate, person: id, form },
      what: what(name ?? 'This person', title),
      button,
      label: act === 'end' ? 'Why' : 'Comment',
      hint: hints[act],
      comment,
      error,
      back: peoplePath,
    },
  }
}

/** The fault of a comment on one line, as a sentence; undefined where there is none. */
export const commentFault = (comment: string): string | undefined =>
  isReason(comment) ? undefined : 'Say why, in 10 to 500 characters: whoever reviews access reads it.'
