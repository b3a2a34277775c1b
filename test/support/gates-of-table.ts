import { resolve } from 'node:path'
import { managedGroups, managedNames } from '../../infra/tenant/directory/managed.ts'
import { gatesOf } from '../../src/gate/decide.ts'
import type { Page } from '../../src/web/page.ts'

/**
 * The settings that describe the gates which a page table names beside `members`, over groups of the local tenant. Gates
 * that have no settings of their own are those of the demo, in infra/demo/gates.json. Pages of the administration need no
 * gate: without one they do not exist.
 */
export function gatesOfTable(table: readonly Page[]): Record<string, string> {
  const { members: _always, administrators, auditors, ...others } = namedIn(table)
  return {
    ...(administrators && {
      ADMIN_GROUP_ID: managedGroups.administrators,
      ADMIN_GROUP_NAME: managedNames.administrators,
    }),
    ...(auditors && { AUDITOR_GROUP_ID: managedGroups.auditors, AUDITOR_GROUP_NAME: managedNames.auditors }),
    ...(Object.keys(others).length > 0 && { GATES_FILE: resolve('infra/demo/gates.json') }),
  }
}

const namedIn = (table: readonly Page[]): Record<string, true> =>
  Object.fromEntries(
    table
      .filter(({ part }) => part !== 'administration')
      .flatMap(({ requirement }) => gatesOf(requirement))
      .map(name => [name, true]),
  )
