// The callbacks that SaaS Provisioning calls when a tenant subscribes and unsubscribes.
import { createServer } from 'node:http';
import { XsuaaService } from '@sap/xssec';
import { tenantRoutes } from './tenant-routes.mjs';

// In Cloud Foundry, HOST is 0.0.0.0: its router comes from outside of the container.
const { HOST = '127.0.0.1', PORT = '8080', ROUTER = 'shop-router', VCAP_APPLICATION, VCAP_SERVICES } = process.env;
const xsuaa = new XsuaaService(JSON.parse(VCAP_SERVICES).xsuaa[0].credentials);
const routes = tenantRoutes(JSON.parse(VCAP_APPLICATION), ROUTER);

/** An answer that is no success. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function authorize(request) {
  const token = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const context = await xsuaa.createSecurityContext(token ?? '').catch((error) => {
    throw new Refusal(401, error.message);
  });
  if (!context.checkLocalScope('Callback')) throw new Refusal(403, 'the token lacks the scope Callback');
}

async function subscriptionOf(request) {
  const chunks = await request.toArray();
  const { subscribedSubdomain } = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
  if (!/^[a-z0-9-]+$/.test(subscribedSubdomain ?? '')) throw new Refusal(400, 'subscribedSubdomain is missing');
  return subscribedSubdomain;
}

async function answer(request) {
  const path = new URL(request.url, 'http://localhost').pathname;
  if (!/^\/callback\/v1\.0\/tenants\/[\w-]+$/.test(path)) throw new Refusal(404, `no such path: ${path}`);
  if (request.method !== 'PUT' && request.method !== 'DELETE') throw new Refusal(405, `no ${request.method} here`);
  await authorize(request);
  const tenant = await subscriptionOf(request);
  if (request.method === 'PUT') return routes.create(tenant);
  await routes.remove(tenant);
  return '';
}

// A callback that fails must say so: else the tenant is subscribed to an application that it cannot reach.
createServer(async (request, response) => {
  const { status, text } = await answer(request).then(
    (text) => ({ status: 200, text }),
    (error) => ({ status: error.status ?? 500, text: error.message }),
  );
  console.log(`${request.method} ${request.url} ${status}${status < 400 ? '' : ` ${text}`}`);
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}).listen(Number(PORT), HOST, function listening() {
  console.log(`listens on ${this.address().port}`);
});
