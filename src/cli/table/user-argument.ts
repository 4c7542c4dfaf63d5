/** The technical user that a command is about. */
export const USER = { name: '<name>', about: 'name of a technical user' };
