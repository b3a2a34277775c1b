import type { GivingPreview } from '../../pim/administration/giving.ts'
import type { PreviewLine } from '../../pim/administration/preview.ts'
import type { Cell } from '../listing/cell.ts'
import { tableOf } from '../listing/table.ts'
import { dated, type Instant } from '../shell/instant.ts'

/** More lines than this that mean several people cannot be chosen from on one page: a form has so many fields at most. */
const mostChoices = 30

/** What would happen, as a page shows it before it does. */
export function previewModel(preview: GivingPreview, now: Date) {
  const { typed, title, giving, lines, order, isNobodyChosen } = preview
  const found = lines.flatMap(line => (line.kind === 'found' ? [line.person] : []))
  const held = lines.flatMap(line => (line.kind === 'has-it' && !line.isTurnedOn ? [line.person] : []))
  const ambiguous = lines.flatMap((line, index) => (line.kind === 'ambiguous' ? [{ ...line, index }] : []))
  const choices = ambiguous.slice(0, mostChoices)
  const chosen = found.length + choices.length
  const until = giving.until === undefined ? undefined : dated(new Date(giving.until), now)
  const moving = chosen === 0 && held.length > 0
  const [only] = lines.length === 1 ? found : []
  return {
    ...{ title, kind: giving.kind, until, reason: giving.reason, ticket: giving.ticket ?? '' },
    isNobodyChosen,
    only,
    whom:
      only?.name ??
      (found.length > 1
        ? `${found.length} people`
        : chosen > 1
          ? 'the people whom you choose'
          : 'the person whom you choose'),
    /** Those whose end may be moved as well, or is moved alone. */
    held: held.length === 1 ? (held[0]?.name ?? '') : held.length > 1 ? `${held.length} people` : '',
    areHeldMany: held.length > 1,
    isMoving: moving,
    canGive: chosen + held.length > 0,
    table: lines.length > 1 ? tableFor(lines, now) : undefined,
    left:
      lines.length === 1 && !only && choices.length === 0 && !moving ? sentenceFor(lines[0] as PreviewLine, now) : '',
    choices: choices.map(({ index, text, people, areMore }) => ({
      kind: 'radios',
      name: `person-${index}`,
      label: `Who is “${text}”?`,
      hint: areMore
        ? 'There are more. If the right one is missing, go back and write more of the name, or the address.'
        : '',
      isDown: true,
      value: '',
      error: isNobodyChosen ? 'Choose one.' : '',
      options: people.map(({ objectId, name, username }) => ({
        value: objectId,
        label: name,
        hint: username || objectId,
      })),
    })),
    button: moving ? 'Move the end' : found.length > 1 ? `Give access to ${found.length} people` : 'Give access',
    kept: Object.entries({ ...typed, change: '' }).filter(([name, value]) => value && name !== 'change'),
    fields: {
      order,
      ...(moving && { change: 'yes' }),
      until: giving.until === undefined ? 'none' : new Date(giving.until).toISOString(),
      people: found.map(({ objectId }) => objectId).join(' '),
      held: held.map(({ objectId }) => objectId).join(' '),
    },
  }
}

const columns = [
  { key: 'person', label: 'Person' },
  { key: 'what', label: 'What will happen' },
]

function tableFor(lines: readonly PreviewLine[], now: Date) {
  const rows = lines.map(line => ({
    cells: {
      person: whoIs(line),
      what: line.kind === 'found' ? badgeOf(line) : [badgeOf(line), sentenceFor(line, now)],
    },
    isOdd: line.kind !== 'found',
  }))
  return tableOf({ caption: 'Each line of your list', columns, rows, empty: { title: 'Nobody.' } })
}

const whoIs = (line: PreviewLine): Cell =>
  'person' in line ? [line.person.name, { soft: line.person.username || line.person.objectId }] : line.text

const badgeOf = ({ kind }: PreviewLine): Cell =>
  kind === 'found'
    ? { badge: 'Gets it', tone: 'on' }
    : kind === 'ambiguous'
      ? { badge: 'Choose below', tone: 'waiting' }
      : { badge: 'Left out', tone: 'attention' }

/** What would happen to a person, and why where it is nothing. */
function sentenceFor(line: PreviewLine, now: Date): string {
  switch (line.kind) {
    case 'found':
      return ''
    case 'ambiguous':
      return 'This means several people.'
    case 'not-found':
      return 'Nobody in your directory has this name, address or object id.'
    case 'yourself':
      return 'This is you. Nobody gives access to themselves: ask another administrator.'
    case 'twice':
      return 'They are in the list already.'
    case 'has-it':
      return hasIt(line, line.until === undefined ? undefined : dated(new Date(line.until), now))
    default:
      throw new Error('no such line', { cause: line satisfies never })
  }
}

function hasIt({ isTurnedOn }: { isTurnedOn: boolean }, until: Instant | undefined): string {
  const end = until ? `until ${until.absolute}` : 'without an end'
  return isTurnedOn ? `They turned it on themselves, ${end}.` : `They have this already, ${end}.`
}
