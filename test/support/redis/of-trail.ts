/** Whether Redis was asked about the audit trail, which each replica looks after once a second by itself. */
export const isOfTrail = (command: readonly string[]): boolean =>
  command.some(word => /\{trail:|:audit$|:lease:trail$/.test(word))
