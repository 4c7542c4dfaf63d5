// For programs that make agents of their own, which ignore the proxy that NODE_USE_ENV_PROXY gives to Node's: theirs have it too.
const { Agent } = require('node:https');

require('node:https').Agent = class extends Agent {
  constructor(options) {
    super({ proxyEnv: process.env, ...options });
  }
};
