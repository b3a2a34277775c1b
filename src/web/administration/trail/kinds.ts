/** The kinds of events by which people look for records: as the address names them, as people read them, and the events. */
const kinds = [
  { name: 'turning-on', label: 'Turning on access', events: ['activation', 'effective', 'usedFirst', 'lapsed'] },
  { name: 'extending', label: 'Extending access', events: ['extension'] },
  { name: 'ending', label: 'Ending access, taking back requests', events: ['ending', 'cancellation'] },
  { name: 'deciding', label: 'Approving and denying', events: ['approval', 'denial'] },
  {
    name: 'giving',
    label: 'Giving, changing, reviewing and removing',
    events: ['assignment', 'assignmentChange', 'removal', 'review'],
  },
  { name: 'seen', label: 'Seen in and out at Microsoft', events: ['seenIn', 'seenOut'] },
  { name: 'checks', label: 'Signing in, checks and refusals', events: ['signedIn', 'steppedUp', 'refused'] },
  { name: 'work', label: 'Work done here', events: ['wrote'] },
  { name: 'sessions', label: 'Ends of sessions', events: ['sessionsEnding', 'signedOut', 'sessionEnded'] },
  { name: 'reading', label: 'Reading and downloading', events: ['read', 'download'] },
  {
    name: 'trail',
    label: 'About the trail itself',
    events: ['erasure', 'auditShortened', 'auditRestored', 'auditDropped', 'auditUnreadable'],
  },
] as const
/** Events that this release does not know. */
const other = { name: 'other', label: 'Anything else' } as const

/** The choices of the filter. */
export const kindOptions = [...kinds, other].map(({ name, label }) => ({ value: name, label }))

/** The steps of an act, as the events of its records end. */
const stepEnding = /(Requested|Completed|Waiting|Failed|Unanswered)$/

/** What is done, and the step of it, by the word for an event. Without a step the record is the only one of its act. */
export function partsOf(word: string): { base: string; step: string | undefined } {
  const [step] = stepEnding.exec(word) ?? []
  return { base: step === undefined ? word : word.slice(0, -step.length), step }
}

/** The name of the kind of an event, by its word. */
export const kindOf = (word: string): string => {
  const { base } = partsOf(word)
  return kinds.find(({ events }) => (events as readonly string[]).includes(base))?.name ?? other.name
}
