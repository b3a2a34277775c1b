import type { Config } from '../../config/load.ts'
import { gatesOf, type Requirement } from '../../gate/decide.ts'
import type { Page } from '../page.ts'
import { keptFormPath } from './path.ts'
import showKeptForm from './show.ts'

type Settings = Pick<Config, 'gates'>

/**
 * Adds to the table a page for each form that may be kept, on which that form is shown again. This page asks of people
 * what the form asks, so that following its link leads to the missing check.
 */
export const withKeptForms = (table: readonly Page[], config: Settings): readonly Page[] => [
  ...table,
  ...table
    .filter(page => page.method === 'post' && isKept(page.requirement, config))
    .map(({ path, requirement }) => ({
      method: 'get' as const,
      path: keptFormPath(path),
      requirement,
      create: showKeptForm,
    })),
]

/** Whether forms sent to a page are kept where the gate refuses them, so that nothing typed is lost. */
export const isKept = (requirement: Requirement, { gates }: Settings): boolean =>
  requirement.stepUp !== undefined ||
  gates.some(
    ({ name, selfService, context }) => gatesOf(requirement).includes(name) && (selfService || context !== undefined),
  )
