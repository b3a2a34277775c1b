import type { Clock } from '../../clock.ts'
import { defaultGivingRules, type GivingRules } from '../../entra/pim/giving-rules.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { textIn } from '../wish/form.ts'
import type { Administration, OrderAnswer, OrderWish } from './administration.ts'
import {
  type Giving,
  type GivingErrors,
  type GivingTyped,
  namedPeople,
  readGiving,
  typedGiving,
  whoFault,
} from './form.ts'
import { mostPeople } from './order.ts'
import { newOrderId, orderIdOf } from './orders.ts'
import { objectIdsIn, type PreviewLine } from './preview.ts'
import { orderRefusalFrom } from './refusals.ts'
import type { OrderRefusal } from './words.ts'

/** The rules of each gate whose access can be given; `known` is false where they may not be read. */
export type GateRules = { gate: string; title: string; rules: GivingRules; known: boolean }
/** The form, new or with what is wrong with it. */
export type GivingForm = {
  kind: 'form'
  typed: GivingTyped
  errors: GivingErrors
  gates: readonly GateRules[]
  problem?: OrderRefusal
}
/** What would happen, before it does. `order`: the id of the order that the button gives. */
export type GivingPreview = {
  kind: 'preview'
  order: string
  typed: GivingTyped
  title: string
  giving: Giving
  lines: readonly PreviewLine[]
  /** A line has to be chosen, or named otherwise, before anything can be given. */
  isNobodyChosen: boolean
}
export type GivingAnswer = GivingForm | GivingPreview | { kind: 'ordered'; answer: OrderAnswer }

type Needs = { clock: Clock; administration: Pick<Administration, 'gates' | 'rulesAt' | 'preview' | 'order'> }
type Sent = { form: unknown; typed: GivingTyped }

/**
 * Makes the functions for giving people access by a form: shown, looked through before anything happens, and carried out.
 * Microsoft's refusals are told on the form. Throws Problem('redis-away').
 */
export function createGiving({ clock, administration }: Needs) {
  const now = () => clock().getTime()

  async function rules(who: Who): Promise<{ gates: GateRules[]; problem?: OrderRefusal }> {
    const read = administration.gates.map(async ({ gate, title }) => {
      const { known, ...rules } = await administration.rulesAt(who, gate)
      return { gate, title, rules, known }
    })
    return Promise.all(read).then(
      gates => ({ gates }),
      thrown => ({ gates: unread(), problem: orderRefusalFrom(thrown) }),
    )
  }

  const unread = (): GateRules[] =>
    administration.gates.map(each => ({ ...each, rules: defaultGivingRules, known: false }))

  async function shown(who: Who, typed: GivingTyped, more: Partial<GivingForm> = {}): Promise<GivingForm> {
    return { kind: 'form', typed, errors: {}, ...(await rules(who)), ...more }
  }

  async function given(who: Who, { form, typed }: Sent): Promise<GivingAnswer> {
    const gate = administration.gates.find(each => each.gate === typed.gate)
    const named = namedPeople(typed.who)
    const fault = whoFault(named)
    const errors: GivingErrors = {
      ...(fault && { who: fault }),
      ...(!gate && { gate: 'Choose what they get access to.' }),
    }
    if (!gate) return shown(who, typed, { errors })
    const read = readGiving(form, await administration.rulesAt(who, gate.gate), now())
    if (fault || 'errors' in read)
      return shown(who, typed, { errors: { ...errors, ...('errors' in read && read.errors) } })
    const about = { gate: gate.gate, kind: read.giving.kind }
    if (textIn(form, 'step') === 'give') return carriedOut(who, { form, typed, named, title: gate.title }, read.giving)
    const lines = await administration.preview(who, named, about)
    const nobody = lines.length === 1 && lines[0]?.kind === 'not-found'
    if (nobody) return shown(who, typed, { errors: { who: notFound } })
    return previewOf({ typed, title: gate.title, giving: read.giving, lines })
  }

  /** Gives the order for the people that were chosen, by their object ids. */
  async function carriedOut(
    who: Who,
    { form, typed, named, title }: Sent & { named: readonly string[]; title: string },
    giving: Giving,
  ): Promise<GivingAnswer> {
    const about = { gate: typed.gate, kind: giving.kind }
    const held = typed.change === 'yes' ? objectIdsIn(textIn(form, 'held')) : []
    const ids = [...new Set([...chosenIn(form), ...held])].slice(0, mostPeople)
    const lines = await administration.preview(who, ids, about)
    // Somebody who is not there any more, or nobody at all: what would happen is shown anew, and nothing is sent.
    if (ids.length === 0 || lines.some(({ kind }) => kind === 'not-found')) {
      const shownLines = await administration.preview(who, named, about)
      return { ...previewOf({ typed, title, giving, lines: shownLines }), isNobodyChosen: true }
    }
    const people = lines.flatMap(line =>
      'person' in line
        ? [{ ...line.person, what: held.includes(line.person.objectId) ? ('change' as const) : ('assign' as const) }]
        : [],
    )
    const { kind, until, reason, ticket } = giving
    const says = [typed.gate, kind, until, reason, ticket, people.map(({ objectId, what }) => [objectId, what])]
    const wish: OrderWish = { ...giving, id: orderIdOf(textIn(form, 'order'), says), gate: typed.gate, people }
    return { kind: 'ordered', answer: await administration.order(who, wish) }
  }

  return {
    /** The form as it is shown first. `asked`: what its address proposes. */
    form: (who: Who, asked: unknown): Promise<GivingForm> => shown(who, proposedBy(asked)),

    /** The answer to the form: the form again, what would happen, or the order that was given. */
    async give(who: Who, form: unknown): Promise<GivingAnswer> {
      const typed = withOnlyGate(typedGiving(form), administration.gates)
      if (textIn(form, 'step') === 'form') return shown(who, typed)
      try {
        return await given(who, { form, typed })
      } catch (thrown) {
        const problem = orderRefusalFrom(thrown)
        return { kind: 'form', typed, errors: {}, gates: unread(), problem }
      }
    },
  }
}

/**
 * A link may say which person (by their object id) and which gate, and how. It never brings words of its own: whoever made
 * the link does not write the reason of somebody else's act.
 */
function proposedBy(asked: unknown): GivingTyped {
  const { who, gate, kind } = typedGiving(asked)
  const [id = ''] = objectIdsIn(who)
  return { ...typedGiving({}), who: id, gate, kind }
}

const notFound =
  'Nobody in your directory has this name, address or object id. Write the beginning of a name, or a whole address.'

const previewOf = (about: Pick<GivingPreview, 'typed' | 'title' | 'giving' | 'lines'>): GivingPreview => ({
  kind: 'preview',
  order: newOrderId(),
  isNobodyChosen: false,
  ...about,
})

/** The object ids that were looked up, and those that were chosen for lines that meant several people. */
function chosenIn(form: unknown): string[] {
  const fields = typeof form === 'object' && form !== null ? Object.keys(form) : []
  const picks = fields.filter(name => /^person-\d{1,2}$/.test(name)).map(name => textIn(form, name))
  return objectIdsIn([textIn(form, 'people'), ...picks].join(' '))
}

/** With one gate there is nothing to choose. */
function withOnlyGate(typed: GivingTyped, gates: Administration['gates']): GivingTyped {
  const [only, ...others] = gates
  return only && others.length === 0 ? { ...typed, gate: only.gate } : typed
}
