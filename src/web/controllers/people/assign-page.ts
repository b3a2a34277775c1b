import type { Clock } from '../../../clock.ts'
import type { Config } from '../../../config/load.ts'
import type { Administration } from '../../../pim/administration/administration.ts'
import { createGiving } from '../../../pim/administration/giving.ts'
import { giveForm } from '../../administration/give-model.ts'
import { type Controller, view } from '../../page.ts'
import { canAdminister } from '../../served.ts'

type Needs = { clock: Clock; config: Pick<Config, 'gates'>; administration: Administration }

/** The form for giving people access. Without a check that acts may ask for, it says which setting is missing. */
export default (needs: Needs): Controller => {
  const giving = createGiving(needs)
  return async ({ who, query, reference }) =>
    canAdminister(needs.config)
      ? view('people/give', 'Give access', { form: giveForm(await giving.form(who, query), { reference }) })
      : view('people/give', 'Give access', { form: undefined })
}
