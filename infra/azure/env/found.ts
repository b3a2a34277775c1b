/** What only the tenant knows of the settings. */
export type Found = {
  /** Client id of the registration. */
  clientId: string
  /** Object ids of the groups, by what tenant.json calls them. */
  groups: ReadonlyMap<string, string>
  /** Where a local tenant answers; absent for a cloud of Microsoft. */
  local?: { authority: string; graphBaseUrl: string }
  /** A client secret that was made a moment ago. */
  secret?: string
}

/** The object id of a group. Throws where it does not exist: the settings would be worth nothing. */
export function groupIdIn({ groups }: Found, group: string): string {
  const id = groups.get(group)
  if (id === undefined) throw new Error(`the group ${group} does not exist`)
  return id
}
