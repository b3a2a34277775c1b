import { createMyAccessPage, type MyAccessNeeds } from '../../access/my-access-page.ts'
import type { Controller } from '../../page.ts'

export default (needs: MyAccessNeeds): Controller => {
  const show = createMyAccessPage(needs)
  return visit => show(visit)
}
