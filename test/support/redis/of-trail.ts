/**
 * Whether Redis was asked about the audit trail, which each replica looks after once a second by itself. A command in a script
 * names the trail by its keys, but for the time, which its records are dated by; other scripts show by their other commands.
 */
export const isOfTrail = (command: readonly string[]): boolean =>
  command[0]?.toLowerCase() === 'time' || command.some(word => /\{trail:|:audit$|:lease:trail$/.test(word))
