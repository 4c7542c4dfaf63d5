import { seedId } from '../../../emulation/seed-id.ts';
import { UNKNOWN_USER } from '../../protocols/audit/emulator.ts';
import type { AuditRecord } from './store.ts';

/** A record as the API gives it; `message.data` is JSON inside of a text (btp:30ece35). */
export function recordView({ id, time, zone, category, user = UNKNOWN_USER, data }: AuditRecord): object {
  const at = new Date(time).toISOString();
  return {
    message_uuid: id,
    time: at,
    tenant: zone,
    org_id: seedId('audit', 'org'),
    space_id: seedId('audit', 'space'),
    app_or_service_id: seedId('audit', 'service'),
    als_service_id: seedId('audit', 'als'),
    user,
    category,
    format_version: '',
    message: {
      uuid: id,
      user,
      time: at,
      ip: '127.0.0.1',
      data: JSON.stringify(data),
      id: seedId('audit', 'message', id),
      category,
      tenant: zone,
    },
  };
}
