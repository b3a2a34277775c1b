/** One object of the tenant in a plan. `before` is null where it does not exist; ids are left out, names stand for them. */
export type PlanLine = {
  object: string
  action: 'create' | 'change' | 'nothing'
  before: unknown
  after: unknown
}
