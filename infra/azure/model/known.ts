/**
 * The ids that are known so far, by what tenant.json calls their objects. A thing that finds an object writes its id
 * here, and things after it read it. Ids of PIM policies are absent: they change, so they are looked up each time.
 */
export type Known = {
  /** Object ids of users, by the user name or id in tenant.json. */
  people: Map<string, string>
  /** Object ids of groups, by the name or id in tenant.json. A group that does not exist yet is absent. */
  groups: Map<string, string>
  /** Object ids of administrative units, by name. */
  units: Map<string, string>
  /** The registration: its object id and its client id. */
  application?: { id: string; appId: string }
  /** Object id of the enterprise application, and of Microsoft Graph's own. */
  servicePrincipal?: string
  graphPrincipal?: string
}

/** Nothing is known yet. */
export const nothingKnown = (): Known => ({ people: new Map(), groups: new Map(), units: new Map() })
