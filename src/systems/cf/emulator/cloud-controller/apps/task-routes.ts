import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { json, type RouteOf } from '../asked.ts';
import { appOf } from './apps.ts';
import { cancelTask, changedTask, createTask, listTasks, newTask, showTask, taskView, updateTask } from './tasks.ts';

export function taskRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/tasks',
    route((asked) => json(listTasks(asked, asked.query))),
  );
  app.get(
    '/v3/apps/:guid/tasks',
    route((asked) => json(listTasks(asked, asked.query, appOf(asked, asked.param())))),
  );
  app.post(
    '/v3/apps/:guid/tasks',
    route(async (asked) => {
      const task = createTask(asked, asked.param(), await asked.body(newTask));
      return json(taskView(asked, task, true, 'RUNNING'), 202);
    }),
  );
  app.get(
    '/v3/tasks/:guid',
    route((asked) => json(showTask(asked, asked.param()))),
  );
  app.patch(
    '/v3/tasks/:guid',
    route(async (asked) => json(taskView(asked, updateTask(asked, asked.param(), await asked.body(changedTask))))),
  );
  app.post(
    '/v3/tasks/:guid/actions/cancel',
    route((asked) => json(taskView(asked, cancelTask(asked, asked.param()), true, 'CANCELING'), 202)),
  );
}
