import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { explanationOf, parseSettings, settings } from '../../src/config/settings.ts'
import { faultsOf } from './good.ts'

const file = readFileSync(fileURLToPath(new URL('../../.env.example', import.meta.url)), 'utf8')
const asItIs = parseEnv(file) as Record<string, string>
const names = Object.keys(settings) as (keyof typeof settings)[]
const isOptional = (name: keyof typeof settings) => settings[name].safeParse(undefined).success
/** The settings require one of three credentials. The example shows the one that most people begin with. */
const ways = ['ENTRA_CLIENT_SECRET', 'ENTRA_CLIENT_CERTIFICATE', 'ENTRA_FEDERATED_TOKEN_FILE']
const required = names.filter(name => !isOptional(name) || name === ways[0])
/** Settings that exclude another setting, name a file that does not exist here, or are keys, are left out. */
const keys = ['AUDIT_SIGNING_KEY', 'AUDIT_WEBHOOK_URL', 'AUDIT_WEBHOOK_SECRET']
const notTogether = [...ways.slice(1), 'REDIS_CA_FILE', 'GATES_FILE', ...keys]
const isTogether = (name: string) => !notTogether.includes(name)

/** The lines about each setting, in order. */
const blocks = file
  .split('\n\n')
  .slice(1)
  .map(block => block.trim().split('\n'))

test('the example file has every setting with its meaning, in the order of the schema, and nothing else', () => {
  const written = blocks.map(([meaning = '', line = '']) => ({
    name: line.replace(/^#/, '').split('=')[0],
    meaning: meaning.slice(2),
  }))
  expect(written).toEqual(names.map(name => ({ name, meaning: explanationOf(settings[name])?.meaning })))
})

test('no two settings are explained by the same words', () => {
  const meanings = names.map(name => explanationOf(settings[name])?.meaning)
  expect(new Set(meanings).size).toBe(names.length)
})

test('only what is required is uncommented', () => {
  expect(Object.keys(asItIs).toSorted()).toEqual(required.toSorted())
})

test('a copy that nobody has filled in is refused, each required setting as a placeholder', () => {
  const faults = faultsOf(asItIs)
  expect(faults.map(fault => fault.split(' ')[0])).toEqual(required)
  for (const fault of faults) expect(fault).toContain('is still a placeholder')
})

test('the examples are those of the error lines', () => {
  const examples = parseEnv(file.replace(/^#(?=[A-Z_]+=)/gm, ''))
  for (const name of names) expect(examples[name]?.replace(/^<|>$/g, '')).toBe(explanationOf(settings[name])?.example)
})

test('every example is a value that would be taken', () => {
  const examples = Object.fromEntries(
    names.filter(isTogether).map(name => [name, explanationOf(settings[name])?.example]),
  )
  expect(loadConfig(examples).baseUrl).toBe('https://admin.example.com')
})

test('where there is a default, the example shows it', () => {
  for (const name of names.filter(name => isOptional(name))) {
    const preset: unknown = settings[name].safeParse(undefined).data
    if (preset !== undefined)
      expect(explanationOf(settings[name])?.example).toBe(preset === false ? 'off' : String(preset))
  }
})

test('only the demo may go without Redis', () => {
  const { REDIS_URL: _absent, ...rest } = Object.fromEntries(
    names.filter(isTogether).map(name => [name, explanationOf(settings[name])?.example]),
  )
  expect(parseSettings(rest, { demo: true }).success).toBe(true)
  expect(parseSettings(rest, { demo: false }).success).toBe(false)
})
