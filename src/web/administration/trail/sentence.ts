import type { AuditRecordRead } from '../../../audit/trail.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'
import { dated, spoken } from '../../shell/instant.ts'
import { factOf, isErased, onOneLine, personIn } from './facts-of-record.ts'
import { partsOf } from './kinds.ts'

/** What people call a gate. */
export type TitleOf = (gate: string) => string

/** What sentences are made of. Empty texts stand for what a record does not say. */
type Said = {
  /** Who did it. */
  who: string
  /** Whom it is about: the subject, or else who did it. */
  whom: string
  /** Who decided, where somebody else did. */
  by: string
  gate: string
  /** "access to Payments". */
  access: string
  /** A fact of the record. */
  fact: (name: string) => string
  /** An instant of the record, behind a word: " until 2 Mar, 14:05 UTC". */
  instant: (word: string, name: string) => string
  filter: string
}
/** What was done, as "Ana …" goes on with it, and as "Ana asked to …" does. */
type Act = { did: string; toDo: string }

const acting = (past: string, present: string, rest: string): Act => ({
  did: `${past} ${rest}`,
  toDo: `${present} ${rest}`,
})

const acts: Readonly<Record<string, (said: Said) => Act>> = {
  activation: ({ access, fact }) =>
    acting('turned on', 'turn on', `${access}${lengthOfTime(' for ', fact('minutes'))}`),
  extension: ({ access, fact }) =>
    acting('extended', 'extend', `${access}${lengthOfTime(' for another ', fact('minutes'))}`),
  ending: ({ access }) => acting('ended', 'end', `their ${access}`),
  cancellation: ({ access }) => acting('took back', 'take back', `the request for ${access}`),
  approval: ({ access, whom }) => acting('approved', 'approve', `the request of ${whom} for ${access}`),
  denial: ({ access, whom }) => acting('denied', 'deny', `the request of ${whom} for ${access}`),
  assignment: said => {
    const until = said.instant(' until', 'until') || ' without an end'
    return said.fact('kind') === 'eligible'
      ? acting('let', 'let', `${said.whom} turn on ${said.access}${until}`)
      : acting('gave', 'give', `${said.whom} ${said.access}${until}`)
  },
  assignmentChange: said =>
    acting(
      'changed',
      'change',
      `${permission(said)}, which now lasts${said.instant(' until', 'until') || ' without an end'}`,
    ),
  removal: said => acting('took away', 'take away', permission(said)),
  review: said => acting('kept', 'keep', `${permission(said)}, after a review`),
  sessionsEnding: ({ whom, fact }) => acting('ended', 'end', sessionsOf(fact, whom)),
  erasure: ({ whom, fact }) =>
    acting(
      'erased',
      'erase',
      `the names, addresses and texts of ${whom}${fact('records') && ` in ${fact('records')} records`}`,
    ),
  download: ({ fact, filter }) => acting('downloaded', 'download', `${downloaded(fact('what'))}${filter}`),
  read: ({ fact, filter }) => acting('read', 'read', `${named('page', fact('page'))}${filter}`),
}

/** Records of one kind each: what was noticed. */
const noticed: Readonly<Record<string, (said: Said) => string>> = {
  seenIn: ({ whom, access, instant, fact, by }) =>
    `${whom} has ${access}${instant(' since', 'since')}${instant(' until', 'until')}: ${wordFor(sources, fact('source'))}${by && `, by ${by}`}`,
  seenOut: ({ whom, access, fact }) => `${whom} has no ${access} any more: ${wordFor(ways, fact('how'))}`,
  effective: ({ whom, access, fact }) =>
    `Microsoft shows the ${access} of ${whom}${fact('seconds') && `, ${fact('seconds')} s after it was asked for`}`,
  refused: ({ whom, gate, fact }) =>
    `${whom} was refused${gate && ` at ${gate}`}${reasonsOf(fact('code'), fact('rule'))}`,
  signedIn: ({ whom }) => `${whom} signed in`,
  steppedUp: ({ whom, fact }) => `${whom} met ${named('check', fact('context'))}`,
  signedOut: ({ whom }) => `${whom} signed out`,
  sessionEnded: ({ whom, fact }) => `Microsoft ended a session of ${whom}${inBrackets(fact('code'))}`,
  usedFirst: ({ whom, access }) => `${whom} used ${access} for the first time since it was turned on`,
  wrote: ({ whom, fact }) =>
    `${whom} sent a form on ${named('page', fact('page'))}${inBrackets(fact('method'), fact('status'))}`,
  lapsed: ({ whom, access }) => `Nobody decided in time on the request of ${whom} for ${access}`,
  auditShortened: ({ fact }) => `The trail has lost ${numbers(fact)}`,
  auditRestored: ({ fact }) =>
    `The tree over ${fact('size')} records ${fact('why') === 'shorter' ? 'was shorter than before' : 'was another one than before'}, and was put back`,
  auditDropped: ({ fact }) => `For their age, the contents of ${numbers(fact)} were dropped`,
  auditUnreadable: () => 'This record cannot be read: what is stored was changed',
}

const sources: Readonly<Record<string, string>> = {
  'turned-on': 'turned on',
  assigned: 'given by an administrator',
  role: 'by an app role',
  'outside-pim': 'not through PIM',
  token: 'their sign-in says so',
}
const ways: Readonly<Record<string, string>> = {
  'ran-out': 'the time was up',
  ended: 'it was ended',
  removed: 'it was taken away',
  unknown: 'how it ended is not known',
}
const files: Readonly<Record<string, string>> = {
  csv: 'the trail as CSV',
  jsonl: 'the trail as JSON lines',
  report: 'the report',
  evidence: 'the evidence',
}
const wordFor = (words: Readonly<Record<string, string>>, name: string) =>
  Object.hasOwn(words, name) ? (words[name] as string) : name || 'how is not known'
const downloaded = (what: string) => (Object.hasOwn(files, what) ? files[what] : what || 'a file')

/**
 * A record in one sentence. Every record has one: an event of a later release gets a plain one, and so does a record that
 * lacks what its event should have. The sentence depends on nothing but the record and the titles of the gates.
 */
export function sentenceOf(kept: Pick<KeptRecord, 'record' | 'personal'>, titleOf: TitleOf): string {
  const { record } = kept
  const said = saidIn(kept, titleOf)
  const { base, step } = partsOf(record.event)
  const act = Object.hasOwn(acts, base) ? acts[base]?.(said) : undefined
  if (act) return `${capital(actSentence(act, step, said))}.`
  const notice = Object.hasOwn(noticed, record.event) ? noticed[record.event]?.(said) : undefined
  return `${capital(notice ?? strange(record, said))}.`
}

function actSentence({ did, toDo }: Act, step: string | undefined, { who, by, fact }: Said): string {
  if (step === 'Requested') return `${who} asked to ${toDo}`
  if (step === 'Waiting') return `${who} asked to ${toDo}; this waits for a decision`
  if (step === 'Unanswered') return `${who} asked to ${toDo}; whether it happened is not known`
  if (step === 'Failed') return `${who} could not ${toDo}${reasonsOf(fact('status'), by && `by ${by}`)}`
  return `${who} ${did}${by && `, approved by ${by}`}`
}

/** An event that this release has no words for. */
const strange = (record: AuditRecordRead, { who, gate }: Said) =>
  `“${onOneLine(record.event)}”${record.actor ? ` by ${who}` : ''}${gate && ` at ${gate}`}: this release has no words for it`

function saidIn(kept: Pick<KeptRecord, 'record' | 'personal'>, titleOf: TitleOf): Said {
  const { record } = kept
  const gateName = factOf(record, 'gate')
  const gate = gateName && onOneLine(titleOf(gateName))
  const at = new Date(record.at)
  const who = calledIn(kept, 'actor') || 'somebody'
  return {
    who,
    whom: calledIn(kept, 'subject') || onOneLine(factOf(record, 'person')) || who,
    by: calledIn(kept, 'by'),
    gate,
    access: gate ? `access to ${gate}` : 'access',
    fact: name => onOneLine(factOf(record, name)),
    instant: (word, name) => {
      const instant = new Date(factOf(record, name))
      return Number.isNaN(instant.getTime())
        ? ''
        : `${word} ${dated(instant, Number.isNaN(at.getTime()) ? instant : at).absolute}`
    },
    filter: filterWords(record.filter),
  }
}

/** What a person is called in a sentence. Who lost their name stays somebody; empty where the record names nobody. */
function calledIn(kept: Pick<KeptRecord, 'record' | 'personal'>, field: 'actor' | 'subject' | 'by'): string {
  const person = personIn(kept.record, field)
  if (!person) return ''
  const name = onOneLine(person.name || person.username)
  if (name) return name
  return isErased(kept)
    ? 'a person whose name was erased'
    : onOneLine(person.objectId) && `the person ${onOneLine(person.objectId)}`
}

const permission = ({ whom, access, fact }: Said) =>
  fact('kind') === 'eligible' ? `the permission of ${whom} to turn on ${access}` : `the ${access} of ${whom}`

function sessionsOf(fact: Said['fact'], whom: string): string {
  const but = fact('but') === 'own' ? ', but for their own' : ''
  if (fact('whose') === 'all') return `all sessions${but}`
  const many = fact('sessions')
  return `${many && many !== '1' ? `${many} sessions` : 'a session'} of ${whom}${but}`
}

const lengthOfTime = (words: string, minutes: string) =>
  /^[1-9]\d{0,6}$/.test(minutes) ? `${words}${spoken(Number(minutes))}` : ''
function numbers(fact: Said['fact']): string {
  const first = fact('from')
  const last = fact('to')
  if (last === '') return 'some records'
  if (first === '') return `the records up to ${last}`
  return first === last ? `the record ${first}` : `the records ${first} to ${last}`
}
const reasonsOf = (...reasons: string[]) => {
  const told = reasons.filter(Boolean).join(', ')
  return told && `: ${told}`
}

const named = (what: string, name: string) => (name ? `the ${what} ${name}` : `a ${what}`)
const inBrackets = (...texts: string[]) => {
  const told = texts.filter(Boolean).join(', ')
  return told && ` (${told})`
}

/** The filter with which somebody read or downloaded. */
function filterWords(filter: unknown): string {
  if (typeof filter !== 'object' || filter === null) return ''
  const words = Object.entries(filter).map(([name, value]) => `${name}: ${value}`)
  return words.length > 0 ? ` (${onOneLine(words.join(', '))})` : ''
}

/** A name stays as its person writes it. */
const capital = (text: string) =>
  /^(somebody|a person|the person)\b/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
