import { administratorsGate } from '../config/gates.ts'
import type { Config } from '../config/load.ts'
import { Problem } from '../errors.ts'
import { type GateName, gatesOf, type StepUp } from '../gate/decide.ts'
import type { Page } from './page.ts'

type Settings = Pick<Config, 'gates' | 'pim'>

/**
 * An act of an administrator needs a check of this age at most, in minutes. PIM asks for none when an administrator assigns
 * somebody, so the application does.
 */
const freshMinutes = 15

/**
 * The pages of a table that exist under these settings, each with the conditions that the settings give it. A page of a
 * part that is off does not exist. A page of the administration opens to those of its gates that the settings describe,
 * and does not exist where they describe none.
 */
export const servedPages = (table: readonly Page[], settings: Settings): readonly Page[] =>
  table.flatMap(page => {
    if (page.part === 'self-service') return settings.pim.selfService ? [page] : []
    return page.part === 'administration' ? administrationPage(page, settings) : [page]
  })

function administrationPage(page: Page, { gates }: Settings): Page[] {
  const { requirement, stepUpOf } = page
  const audience = gatesOf(requirement).filter(name => gates.some(gate => gate.name === name))
  if (audience.length === 0) return []
  if (stepUpOf === undefined) return [{ ...page, requirement: { ...requirement, audience } }]
  const stepUp = freshCheckOf(stepUpOf, gates)
  if (stepUp === undefined) return [{ ...page, requirement: { audience }, create: refusingWithoutContext }]
  return [{ ...page, requirement: { audience, stepUp } }]
}

/** The check that an act needs at the gate of this name; undefined where the settings describe none. */
export function freshCheckOf(gate: GateName, gates: Settings['gates']): StepUp | undefined {
  const context = gates.find(({ name }) => name === gate)?.context
  return context === undefined ? undefined : { context, maxAgeMinutes: freshMinutes }
}

/** Without a check that the application may ask for, nobody gives or takes access here. */
const refusingWithoutContext: Page['create'] = () => () => {
  throw new Problem('acts-without-context')
}

/** Whether administrators can act here: their gate exists, and a check is set that the application may ask for. */
export const canAdminister = ({ gates }: Pick<Config, 'gates'>): boolean =>
  gates.some(({ name, context }) => name === administratorsGate && context !== undefined)
