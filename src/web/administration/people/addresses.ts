import { listAddress } from '../../listing/address.ts'

/** The page that says who has access. */
export const peoplePath = '/people'

/** The kind of access that an act is about: it is on, or somebody may turn it on. */
export type ActKind = 'active' | 'eligible'
/** The pages on which an administrator decides about one person. */
export type PeopleAct = 'end' | 'remove' | 'keep'

/** The page on which an administrator decides about one person at one gate. */
export const actPath = (act: PeopleAct, { gate, id }: { gate: string; id: string }): string =>
  listAddress(`${peoplePath}/${act}`, { gate, person: id })
