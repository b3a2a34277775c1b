import type { Config } from '../../config/load.ts'
import type { Page } from '../page.ts'
import { isKept, keptFormPath } from './path.ts'
import keptForm from './show.ts'

/**
 * Adds to each form that can meet the gate's wish for one more check, or come after access or the session has ended, the
 * page on which it is shown again. That page asks of people what the form does, so that following its link is what leads to the check.
 */
export function withKeptForms(table: readonly Page[], config: Pick<Config, 'membership' | 'pim'>): readonly Page[] {
  return [
    ...table,
    ...table
      .filter(page => page.method === 'post' && isKept(page.requirement, config))
      .map(({ path, requirement }) => ({
        method: 'get' as const,
        path: keptFormPath(path),
        requirement,
        create: keptForm,
      })),
  ]
}
