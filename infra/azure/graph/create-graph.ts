import { pathOnly } from './answer.ts'
import type { Creation, Graph, GraphNeeds } from './graph.ts'
import { GraphProblem, isNotShown, isThereAlready } from './problem.ts'
import { AnswerLost, createSending, type Sent } from './sending.ts'
import { bounds, createPatience } from './waiting.ts'

/** More pages than any list of a tenant's set-up has. */
const mostPages = 1_000

/** What this program finds by a name that people may change, and makes with one that nobody sees. */
const isNamed = (path: string): boolean => path === '/groups' || path === '/applications'

const foundByNoName = ({ message, status, code }: GraphProblem): GraphProblem =>
  new GraphProblem(
    `${message}\nIt is there already, and is not found by its name: somebody may have renamed it, or deleted it within the last 30 days. Give it its name back, or write its object id into tenant.json; restore what was deleted.`,
    { status, code },
  )

/** A client for Graph. What it knows of time is when it was made: see `Creation.isUnique`. */
export function createGraph(needs: GraphNeeds): Graph {
  const { base, clock, sleep, pauses: { settledMs } = bounds } = needs
  const send = createSending(needs)
  const began = clock().getTime()

  const find = <Found>(path: string): Promise<Found | undefined> =>
    get<Found>(path).catch(error => {
      if (isNotShown(error)) return undefined
      throw error
    })
  const get = async <Found>(path: string): Promise<Found> => (await send({ method: 'GET', path })) as Found

  async function list<Row>(path: string): Promise<Row[]> {
    const rows: Row[] = []
    let url: string | undefined
    for (let page = 0; page < mostPages; page++) {
      const answer = (await send({ method: 'GET', path, url })) as { value?: Row[]; '@odata.nextLink'?: string }
      rows.push(...(answer.value ?? []))
      url = answer['@odata.nextLink']
      if (url === undefined) return rows
      // The token goes with the request, so it goes to Graph only.
      if (URL.parse(url)?.origin !== new URL(base).origin)
        throw new GraphProblem(`Graph named a next page of ${pathOnly(path)} at another host. It was not asked.`)
    }
    throw new GraphProblem(`Graph named more than ${mostPages} pages of ${pathOnly(path)}.`)
  }

  async function sendWhenShown(sent: Sent): Promise<unknown> {
    const wait = createPatience({ clock, sleep }, bounds.shownMs)
    for (;;)
      try {
        return await send(sent)
      } catch (error) {
        if (!isNotShown(error) || !(await wait())) throw error
      }
  }

  async function create<Made>(wish: Creation<Made>): Promise<Made> {
    const there = wish.isUnique ? undefined : await foundWhenSettled(wish)
    if (there !== undefined) return there
    for (let tries = 0; ; tries++)
      try {
        return (await sendWhenShown({ method: 'POST', path: wish.path, body: wish.body })) as Made
      } catch (error) {
        const isUnclear = error instanceof AnswerLost || isThereAlready(error)
        const found = isUnclear ? await soon(wish.find) : undefined
        if (found !== undefined) return found
        if (isThereAlready(error) && isNamed(wish.path)) throw foundByNoName(error as GraphProblem)
        if (!(error instanceof AnswerLost) || tries > 2) throw error
      }
  }

  /** Looks when the program has run for long enough that whatever an earlier run made is shown. */
  async function foundWhenSettled<Made>({ find }: Creation<Made>): Promise<Made | undefined> {
    const rest = began + settledMs - clock().getTime()
    if (rest > 0) await sleep(rest)
    return find()
  }

  /** What `look` sees within the time in which Graph shows what was written. */
  async function soon<Found>(look: () => Promise<Found | undefined>): Promise<Found | undefined> {
    const wait = createPatience({ clock, sleep }, bounds.settledMs)
    do {
      const found = await look()
      if (found !== undefined) return found
    } while (await wait())
    return undefined
  }

  return {
    base,
    find,
    get,
    list,
    create,
    act: async <Answer>(path: string, body: unknown) => (await sendWhenShown({ method: 'POST', path, body })) as Answer,
    patch: async (path, body) => void (await sendWhenShown({ method: 'PATCH', path, body })),
    patchNow: async (path, body) => void (await send({ method: 'PATCH', path, body })),
    remove: async path =>
      void (await send({ method: 'DELETE', path }).catch(error => {
        if (!isNotShown(error)) throw error
      })),
  }
}
