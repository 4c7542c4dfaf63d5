import { sql } from 'kysely';
import type { Migrations } from '../database/migrate.ts';
import { GENESIS } from './trail-chain.ts';

/** The schema of Locum's own store. Add steps at the end; never change one that has been released. */
export const storeMigrations: Migrations = {
  '2026-11-21-journal': {
    async up(db) {
      await sql`
        create table run (
          id text primary key,
          manifest text not null,
          fingerprint text not null,
          started_at int8 not null,
          who text not null,
          why text not null,
          status text check (status in ('succeeded', 'failed', 'resumed')),
          ended_at int8,
          check ((status is null) = (ended_at is null))
        )`.execute(db);
      await sql`create index run_open on run (manifest) where ended_at is null`.execute(db);
      await sql`
        create table step (
          id int8 generated always as identity primary key,
          run_id text not null references run,
          address text not null,
          action text not null check (action in ('create', 'update', 'delete')),
          change json not null,
          intended_at int8 not null,
          result text check (result in ('done', 'found', 'failed', 'unknown')),
          detail json,
          completed_at int8,
          check ((result is null) = (completed_at is null))
        )`.execute(db);
      await sql`create unique index step_pending on step (run_id, address) where result is null`.execute(db);
    },
  },
  '2026-11-21-trail': {
    async up(db) {
      await sql`
        create table trail (
          seq int8 primary key,
          at int8 not null,
          who text not null,
          why text not null,
          subject text not null,
          change json not null,
          result text not null,
          previous_hash text not null,
          hash text not null
        )`.execute(db);
      await sql`create index trail_subject on trail (subject, seq)`.execute(db);
      await sql`create table trail_head (one boolean primary key default true check (one), seq int8 not null, hash text not null)`.execute(
        db,
      );
      await sql`insert into trail_head (seq, hash) values (0, ${sql.lit(GENESIS)})`.execute(db);
      // The grant is what stops the owner on a server, the trigger also stops a superuser, as the embedded user is one.
      await sql`
        create function trail_is_append_only() returns trigger language plpgsql as
        $$ begin raise exception 'the trail is append-only' using errcode = 'insufficient_privilege'; end $$`.execute(
        db,
      );
      await sql`
        create trigger trail_append_only before update or delete or truncate on trail
        for each statement execute function trail_is_append_only()`.execute(db);
      await sql`revoke update, delete, truncate on trail from public, current_user`.execute(db);
    },
  },
  '2026-11-21-vault': {
    async up(db) {
      await sql`create table vault_key (one boolean primary key default true check (one), id text not null)`.execute(
        db,
      );
      await sql`
        create table vault_version (
          name text not null,
          version int4 not null check (version > 0),
          state text not null check (state in ('pending', 'current', 'previous', 'retired')),
          created_at int8 not null,
          changed_at int8 not null,
          wrapped_key bytea not null,
          sealed bytea not null,
          primary key (name, version)
        )`.execute(db);
      await sql`create unique index vault_current on vault_version (name) where state = 'current'`.execute(db);
      await sql`create unique index vault_previous on vault_version (name) where state = 'previous'`.execute(db);
    },
  },
  '2026-11-29-rotation': {
    async up(db) {
      // A lease that was given back stays as a row: its fence goes on counting.
      await sql`
        create table lease (
          name text primary key,
          fence int8 not null,
          holder text not null,
          until int8 not null
        )`.execute(db);
      await sql`
        create table rotation (
          id text primary key,
          manifest text not null,
          credential text not null,
          started_at int8 not null,
          ended_at int8,
          record json not null
        )`.execute(db);
      await sql`create unique index rotation_open on rotation (credential) where ended_at is null`.execute(db);
      await sql`create index rotation_history on rotation (credential, started_at)`.execute(db);
    },
  },
  '2026-11-29-vault-states': {
    async up(db) {
      await sql`alter table vault_version add column states json`.execute(db);
      // Of older versions only the first and the last state are known.
      await sql`
        update vault_version set states = case
          when state = 'pending' then json_build_array(json_build_object('state', 'pending', 'at', created_at))
          else json_build_array(
            json_build_object('state', 'pending', 'at', created_at), json_build_object('state', state, 'at', changed_at))
        end`.execute(db);
      await sql`alter table vault_version alter column states set not null, drop column changed_at`.execute(db);
    },
  },
  '2026-11-30-hold': {
    async up(db) {
      await sql`
        create table hold (
          manifest text not null,
          subject text not null,
          kind text not null check (kind in ('frozen', 'offboarded', 'migrated')),
          since int8 not null,
          who text not null,
          why text not null,
          record json not null,
          primary key (manifest, subject)
        )`.execute(db);
    },
  },
  '2026-11-30-delivered-copy': {
    async up(db) {
      await sql`
        create table delivered_copy (
          manifest text not null,
          address text not null,
          type text not null,
          "user" text not null,
          at int8 not null,
          props json not null,
          primary key (manifest, address)
        )`.execute(db);
    },
  },
  '2026-11-30-payload': {
    async up(db) {
      await sql`
        alter table vault_version add column payload json, alter column sealed drop not null,
          add check ((sealed is null) <> (payload is null))`.execute(db);
      await sql`alter table vault_key add column payload_area text`.execute(db);
    },
  },
};
