import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { runSetup } from '../../../infra/azure/commands/run.ts'
import { graphAppId } from '../../../infra/azure/permissions/graph-permissions.ts'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { settings } from '../../../src/config/settings.ts'
import { gatesWished, wishedAt } from '../wished.ts'

const app = { id: '0a0a0a0a-1111-4222-8333-444444444444', appId: '66666666-7777-4888-8999-aaaaaaaaaaaa' }
const groupId = (name: string) => `${Buffer.from(name).toString('hex').slice(-8)}-1111-4222-8333-444444444444`

/** Runs `env` at a Graph that knows a registration and these groups, by what Graph answers to which request. */
async function env(
  args: readonly string[],
  { fields = {}, groups }: { fields?: object; groups?: readonly string[] } = {},
) {
  const wish = { ...exampleWish(wishedAt), ...fields } as { tenant: string; gates: { group: string }[] }
  const known = groups ?? wish.gates.map(({ group }) => group)
  const [out, told, asked]: [string[], string[], string[]] = [[], [], []]
  const answer = (method: string, path: string): unknown => {
    asked.push(`${method} ${path}`)
    const name = /displayName eq '(.*?)'/.exec(path)?.[1]
    if (path.startsWith('/organization?')) return { value: [{ id: wish.tenant }] }
    if (path.startsWith('/groups?'))
      return { value: known.filter(each => each === name).map(each => ({ id: groupId(each) })) }
    if (path.startsWith('/applications?')) return { value: name === 'Gatehouse' ? [app] : [] }
    if (path.endsWith('/addPassword')) return { secretText: 'Xy7~made-a-moment-ago' }
    return path.startsWith(`/applications/${app.id}`) ? app : undefined
  }
  const exit = await runSetup(['env', '--token', '-', ...args], {
    env: {},
    readText: async () => JSON.stringify(wish),
    standardInput: async () => 'eyJ0.eyJ1.sig',
    print: line => void out.push(line),
    tell: line => void told.push(line),
    fetch: async (input, sent) => {
      const path = decodeURIComponent(String(input).replace('https://graph.microsoft.com/v1.0', ''))
      const body = answer(sent?.method ?? '', path)
      return body ? Response.json(body) : Response.json({ error: { code: 'ResourceNotFound' } }, { status: 404 })
    },
    clock: () => wishedAt,
    sleep: async () => undefined,
  })
  return { exit, out: out.join('\n'), told: told.join('\n'), asked }
}

test('prints settings that exist, with the ids of the tenant, and changes nothing', async () => {
  const { exit, out, asked } = await env([])
  const read = parseEnv(out)
  expect(exit).toBe(0)
  expect(Object.keys(read).filter(name => !(name in settings))).toEqual([])
  expect(read).toMatchObject({
    ENTRA_CLIENT_ID: app.appId,
    ACCESS_GROUP_ID: groupId('Payments administrators'),
    ADMIN_GROUP_ID: groupId('Access administrators'),
    AUDITOR_GROUP_ID: groupId('Access auditors'),
  })
  expect(asked.filter(line => !line.startsWith('GET '))).toEqual([])
  expect(out).not.toContain(graphAppId)
})

test('--new-secret makes another client secret, which stands in its place and nowhere else', async () => {
  const { out, told, asked } = await env(['--new-secret'])
  expect(parseEnv(out).ENTRA_CLIENT_SECRET).toBe('Xy7~made-a-moment-ago')
  expect(told).not.toContain('Xy7~')
  expect(asked.filter(line => !line.startsWith('GET '))).toEqual([`POST /applications/${app.id}/addPassword`])
})

test('a name that no .env file can hold is told before a secret is made', async () => {
  const fields = { gates: gatesWished({ members: { title: `'"\` #1` } }) }
  const { exit, out, told, asked } = await env(['--new-secret'], { fields })
  expect({ exit, out }).toEqual({ exit: 1, out: '' })
  expect(told).toContain('No .env file can hold')
  expect(asked.filter(line => !line.startsWith('GET '))).toEqual([])
})

test('--kubernetes prints the Secret, and takes a new secret into it', async () => {
  expect((await env(['--kubernetes'])).out).toContain('session-secret: "<')
  expect((await env(['--kubernetes', '--new-secret'])).out).toContain('entra-client-secret: "Xy7~made-a-moment-ago"')
})

test('--config-map prints what is no secret', async () => {
  const { out } = await env(['--config-map'])
  expect(parseEnv(out)).toMatchObject({ BASE_URL: 'https://admin.example.com', PIM_SELF_SERVICE: 'on' })
  expect(out).not.toContain('SECRET')
})

test('--gates prints the content of GATES_FILE', async () => {
  const { out } = await env(['--gates'], { fields: { gates: gatesWished({ operators: { context: 'c2' } }) } })
  expect(JSON.parse(out)).toEqual({
    gates: [{ name: 'operators', title: 'Payments operators', group: groupId('Payments operators'), context: 'c2' }],
  })
})

describe('says what to do', () => {
  test.each([
    ['before there is a registration', [], { fields: { name: 'Elsewhere' } }, 1, 'There is no registration Elsewhere'],
    ['before there is a group', [], { groups: ['Access auditors'] }, 1, 'There is no group Payments administrators'],
    ['where no gate needs a file', ['--gates'], {}, 1, 'No gate needs GATES_FILE'],
    ['about two outputs', ['--gates', '--kubernetes'], {}, 64, 'One output at a time'],
    ['about a secret that nobody would see', ['--gates', '--new-secret'], {}, 64, 'would be lost'],
    [
      'about a secret that nobody needs',
      ['--new-secret'],
      { fields: { credential: { kind: 'federated', issuer: 'https://x.example', subject: 'x' } } },
      64,
      'it needs no secret',
    ],
  ])('%s', async (_what, args, tenant, exit, sentence) => {
    const said = await env(args, tenant)
    expect(said).toMatchObject({ exit, out: '' })
    expect(said.told).toContain(sentence)
    expect(said.asked.filter(line => !line.startsWith('GET '))).toEqual([])
  })
})
