import type { Config } from '../../config/load.ts'
import type { Requirement } from '../../gate/decide.ts'

const prefix = '/kept-form'

/** Where a form sent to this path is shown again: a page that asks of people what the path itself asks. */
export const keptFormPath = (path: string): string => prefix + path
/** The path that a kept form was sent to; undefined where none is kept. */
export const ownerPath = (keptPath: string): string | undefined =>
  keptPath.startsWith(`${prefix}/`) ? keptPath.slice(prefix.length) : undefined

/** Whether forms sent to a page are kept where the gate refuses them, so that nothing typed is lost. */
export const isKept = (
  { audience, stepUp }: Requirement,
  { membership, pim }: Pick<Config, 'membership' | 'pim'>,
): boolean =>
  stepUp !== undefined || (audience === 'members' && (pim.selfService || membership.authContext !== undefined))

/** Where a form that is shown again says which one it is, in the address that it is sent to. */
export const keptName = 'kept-form'
