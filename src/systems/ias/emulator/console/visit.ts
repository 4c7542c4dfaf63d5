import type { Operation, Principal } from '../permissions.ts';
import type { Services } from '../services.ts';
import type { Session, StoredUser, Tenant } from '../store.ts';
import type { Html, Message } from '../web/document.ts';

/** A request of an administrator who may do what it asks for. */
export interface ConsoleVisit {
  readonly services: Services;
  readonly tenant: Tenant;
  readonly session: Session;
  readonly user: StoredUser;
  readonly principal: Principal;
  readonly path: string;
  /** Of the form; empty for a page. */
  readonly fields: URLSearchParams;
  readonly query: URLSearchParams;
  /** Part of the path. */
  param(name: string): string;
  may(operation: Operation): boolean;
}

/** Shows a page, again with the reason when what its form asked for was refused. */
export type Show = (visit: ConsoleVisit, problem?: Message) => Html;
type Act = (visit: ConsoleVisit) => Promise<Response | Html> | Response | Html;

/** Registers pages and forms of the console. */
export interface ConsolePages {
  page(path: string, operation: Operation, show: Show): void;
  /** For every administrator. @param lead where to; undefined for who may see nothing */
  entrance(path: string, lead: (visit: ConsoleVisit) => Response | undefined): void;
  /** @param again what the administrator sees when the wish is refused: the page with the form */
  form(path: string, operation: Operation, act: Act, again: Show): void;
}
