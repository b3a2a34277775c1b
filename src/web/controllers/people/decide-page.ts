import { newOrderId } from '../../../pim/administration/orders.ts'
import type { Services } from '../../../services.ts'
import { peoplePath } from '../../administration/people/addresses.ts'
import { decidedIn, decidingModel } from '../../administration/people/deciding.ts'
import { type Controller, redirect, view } from '../../page.ts'

/** The page on which an administrator ends somebody's access, removes a permission or keeps it. */
export default ({ clock, people }: Pick<Services, 'clock' | 'people'>): Controller =>
  async ({ path, query, who }) => {
    const decided = await decidedIn(people, { path, given: query, who })
    if (!decided) return redirect(peoplePath, { notice: { tone: 'attention', text: 'That is not there any more.' } })
    const model = decidingModel(decided, { form: newOrderId(), now: clock() })
    return view('people/decide', model.heading, model)
  }
