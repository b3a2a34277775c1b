import { pages } from '../../src/pages.ts'
import { get, type Page, post, redirect, view } from '../../src/web/page.ts'

/** The form beside this file, found from the folder of the application's own pages. */
const form = '../../test/browser/refund'

/** The pages of the house and one more, of this gate, with a form to fill in; `received` is what reached it. */
export async function withRefunds(gate = 'members') {
  const received: unknown[] = []
  const made = (controller: ReturnType<Page['create']>) => Promise.resolve({ default: () => controller })
  const receive = made(({ form }) => {
    received.push({ ...(form as object) })
    return redirect('/refunds/8841')
  })
  const table = await Promise.all([
    ...pages,
    get(
      '/refunds/8841',
      gate,
      made(() => view(form, 'Refund 8841', {})),
    ),
    post('/refunds/8841', gate, receive),
    post('/refunds/8841/large', gate, receive, { stepUp: { context: 'c2' } }),
  ])
  return { table, received }
}
