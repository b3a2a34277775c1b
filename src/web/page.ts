import type { Request } from 'express'
import type { Config } from '../config/load.ts'
import type { AccessNow } from '../gate/asking/access-now.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { Audience, Person, Requirement, StepUp } from '../gate/decide.ts'
import type { Log } from '../observability.ts'
import type { Services } from '../services.ts'
import type { Membership, SessionRecord } from '../session/lives/record.ts'
import type { OwnSession } from '../session/store.ts'

/** The session of a visit: what it remembers, and this person's sessions, to look at and to end. */
export type VisitSession = {
  record: SessionRecord
  /** As it was found when this request was admitted. */
  membership: Membership
  /** How access stands, after what this request did: the page and the line above it say the same. */
  access: () => Promise<AccessNow>
  own: () => Promise<OwnSession[]>
  end: (which: string) => Promise<void>
  /** The same session under a new id: for someone whose rights grew. */
  rotate: () => Promise<void>
}
/** All that a controller gets. Only a guard's admission makes one, so no controller can run ungated. */
export type Visit = {
  person: Person
  who: Who
  session: VisitSession
  path: string
  params: Request['params']
  query: unknown
  form: unknown
  /** Nobody has come yet: asked for without its text (HEAD), or ahead of time by the browser. Nothing is done for that. */
  isAhead: boolean
  /** What this visit is called in the log. */
  reference: string
  log: Log
}
type Look = {
  status?: number
  refreshSeconds?: number | undefined
  /** Whether something waits here to be finished: then the line under the header offers nothing else to press. */
  isUnfinished?: boolean
}
export type Reply =
  | ({ view: string; title: string; model: object } & Look)
  | { redirect: string }
  | { json: object }
  | { toEntra: Leave }
type Leave = { returnTo: string; activation?: string; claims?: string }
export type Controller = (visit: Visit) => Reply | Promise<Reply>
/** What a setting turns on or off as a whole. */
export type Part = 'self-service'
export type Page = {
  method: 'get' | 'post'
  path: string
  requirement: Requirement
  part?: Part | undefined
  create: (services: Services) => Controller
}

export const view = (name: string, title: string, model: object, look: Look = {}): Reply => ({
  view: name,
  title,
  model,
  ...look,
})
export const redirect = (path: string): Reply => ({ redirect: path })
export const json = (model: object): Reply => ({ json: model })
/** To Entra and back to a page. With an activation: with exactly the claims that Microsoft asked for, so that it can be sent. */
export const toEntra = (toEntra: Leave): Reply => ({ toEntra })

const page =
  (method: Page['method']) =>
  async (
    path: string,
    audience: Audience,
    controller: Promise<{ default: Page['create'] }>,
    { stepUp, part }: { stepUp?: StepUp; part?: Part } = {},
  ): Promise<Page> => {
    if (stepUp) assertSensible(stepUp, path)
    return { method, path, requirement: { audience, stepUp }, part, create: (await controller).default }
  }
export const get = page('get')
export const post = page('post')

/** A page of a part that is off does not exist. */
export const isServed = ({ part }: Page, { pim }: Pick<Config, 'pim'>): boolean => part === undefined || pim.selfService

/** What could never be met would send people round in circles: that is a mistake to be told of at start. */
function assertSensible({ context, maxAgeMinutes = 1 }: StepUp, path: string): void {
  if (/^c[1-9]\d?$/.test(context) && maxAgeMinutes >= 1) return
  throw new Error(`${path}: a step-up takes a context of c1 to c99, and an age of at least one minute`)
}
