import type { PersonNames } from '../../../entra/directory/names-of-many.ts'
import type { ApprovalSeen } from '../../../pim/people/approvals-seen.ts'
import type { People, PeopleAtGates, SeenHere } from '../../../pim/people/people.ts'
import type { Review } from '../../../pim/people/reviews.ts'
import type { KeptFinding } from '../../../setup/daily/kept-check.ts'
import { listAddress } from '../../listing/address.ts'
import { instantToTheSecond } from '../../shell/instant.ts'
import { peoplePath } from './addresses.ts'
import { type PeopleAsked, type PeopleList, peopleLists } from './asked.ts'
import type { LastAct } from './last-acts.ts'
import { isWhole, missingSentences, unseen } from './missing.ts'
import { onRow, onSection, type PeriodRow, periodRow } from './on-section.ts'
import {
  endingRow,
  endingSection,
  permittedRow,
  permittedSection,
  waitingPersonRow,
  waitingSection,
} from './other-sections.ts'
import { calledName, foundText, type ListedPerson, listedIn, tableOfSection } from './section.ts'

/** Everybody in each list of the page whom the words of the search find. */
export function sectionsOf({ people, names }: Pick<PeopleAtGates, 'people' | 'names'>, text: string) {
  const found = <Item extends { id: string }>(rows: ListedPerson<Item>[]) =>
    rows.filter(row => foundText(row).includes(text))
  return {
    on: found(listedIn(people, names, ({ on }) => on.map(periodRow))),
    waiting: found(listedIn(people, names, ({ waiting }) => waiting)),
    can: found(listedIn(people, names, ({ permitted }) => permitted)),
    ending: found(listedIn(people, names, ({ soon }) => soon)),
  }
}
export type PeopleSections = ReturnType<typeof sectionsOf>

type Known = {
  now: Date
  canAct: boolean
  /** What the newest check of the set-up found; nothing for those who cannot mend it. */
  setUp: readonly KeptFinding[]
  contexts: ReadonlyMap<string, string>
  seen: ReadonlyMap<string, SeenHere>
  approvals: ReadonlyMap<string, ApprovalSeen>
  lastActs: ReadonlyMap<string, LastAct>
  reviews: ReadonlyMap<string, Review>
}
type Parts = {
  found: PeopleAtGates
  sections: PeopleSections
  asked: PeopleAsked
  query: unknown
  known: Known
  people: Pick<People, 'gates' | 'byRole' | 'unlisted'>
  lookAt: (rows: readonly ListedPerson<PeriodRow>[]) => Promise<void>
  lookUp: (rows: readonly ListedPerson<{ id: string }>[]) => Promise<void>
}

/** The model of the page that says who has access. */
export async function peopleModel(parts: Parts) {
  const { found, sections, asked, known, people } = parts
  const { params, list, filters } = asked
  const asOf = Math.min(...found.people.map(each => each.asOf))
  const titled = { on: 'On', waiting: 'Waiting', can: 'Can turn on', ending: 'Ends within 14 days' } as const
  const pastPim = sections.on.filter(({ how }) => how === 'past-pim')
  return {
    tabs: {
      label: 'Lists',
      items: peopleLists.map(each => ({
        label: titled[each],
        href: listAddress(peoplePath, params, { show: each === 'on' ? undefined : each, sort: undefined }),
        // An empty list that cannot be seen is not a list of nobody.
        count: sections[each].length > 0 || isWhole(each, found) ? sections[each].length : undefined,
        isCurrent: each === list,
      })),
    },
    count: isWhole('on', found) ? sections.on.length : undefined,
    filters,
    asOf: Number.isFinite(asOf) && {
      at: instantToTheSecond(new Date(asOf), known.now),
      source: 'Microsoft',
      href: listAddress(peoplePath, params, { new: '1' }),
    },
    problems: [
      ...found.silent.map(title => `${title}: Microsoft does not answer right now, so nothing can be said. Try again.`),
      ...missingSentences(found.people),
    ],
    notes: roleNotes(people),
    setUp: wrongIn(known.setUp),
    pastPim: (list === 'on' ? pastPim : []).map(row => ({ name: calledName(row), title: row.title })),
    canAct: known.canAct,
    hasAny: found.people.length > 0,
    ...(await listModel(list, parts)),
  }
}

function listModel(list: PeopleList, { found, sections, asked, query, known, people, lookAt, lookUp }: Parts) {
  const { now, canAct } = known
  const empty = isWhole(list, found) ? undefined : unseen
  const common = { query, params: asked.params, hasGates: people.gates.length > 1, empty }
  switch (list) {
    case 'waiting':
      return tableOfSection(waitingSection, {
        ...common,
        rows: sections.waiting,
        rowFor: row => waitingPersonRow(row, now),
      })
    case 'can': {
      const about = { now, canAct, reviews: known.reviews, calledBy: calledIn(found.names) }
      const rowFor = (row: PeopleSections['can'][number]) => permittedRow(row, about)
      return tableOfSection(permittedSection, { ...common, rows: sections.can, before: lookUp, rowFor })
    }
    case 'ending':
      return tableOfSection(endingSection, { ...common, rows: sections.ending, rowFor: row => endingRow(row, now) })
    case 'on': {
      const about = { now, canAct, contexts: known.contexts, details: known, calledBy: calledIn(found.names) }
      return tableOfSection(onSection, {
        ...common,
        rows: sections.on,
        before: lookAt,
        rowFor: row => onRow(row, about),
      })
    }
    default:
      throw new Error('no such list', { cause: list satisfies never })
  }
}

const roleNotes = ({ byRole, unlisted }: Parts['people']): string[] => [
  ...byRole.map(
    title =>
      `${title} is opened by an app role. Shown are the people of the group that carries it; to whom else the role was given stands in Microsoft Entra.`,
  ),
  ...unlisted.map(
    title => `${title} is opened by an app role without a group here: who holds it stands in Microsoft Entra.`,
  ),
]

const calledIn =
  (names: ReadonlyMap<string, PersonNames>) =>
  (id: string): string | undefined =>
    names.get(id)?.name

const wrongIn = (findings: readonly KeptFinding[]): { what: string; fix: string }[] =>
  findings.filter(({ verdict }) => verdict === 'wrong').map(({ what, fix }) => ({ what, fix }))
