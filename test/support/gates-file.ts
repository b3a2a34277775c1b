import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { managedGroups, managedNames } from '../../infra/tenant/directory/managed.ts'

/** A gate as an operator writes it into GATES_FILE. */
type WrittenGate = {
  name: string
  title: string
  group?: string
  role?: string
  context?: string
  selfService?: boolean
}

const folders: string[] = []

/** Writes these gates into a file for GATES_FILE, and returns its path. The file goes when its file of tests has ended. */
export function gatesFile(gates: readonly WrittenGate[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gates-'))
  folders.push(folder)
  const path = join(folder, 'gates.json')
  writeFileSync(path, JSON.stringify({ gates }))
  return path
}

/** Called after each file of tests, by nothing-left.ts. */
export function removeGatesFiles(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

type Ids = { operators: string; auditors: string }

/**
 * The settings of a house with three gates, each over a group of the local tenant: `members`, `auditors` through settings
 * of their own, and `operators`, whose file asks for the context c2. That context proves something only after
 * `tenant.set({ contextsWithPolicy: ['c1', 'c2'] })`.
 */
export const threeGates = ({ operators, auditors }: Ids = managedGroups) => ({
  AUDITOR_GROUP_ID: auditors,
  AUDITOR_GROUP_NAME: managedNames.auditors,
  GATES_FILE: gatesFile([{ name: 'operators', title: managedNames.operators, group: operators, context: 'c2' }]),
})
