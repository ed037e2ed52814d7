import type { Project } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import type { AnswerMethod } from './answer-json.ts';
import type { Output } from './output.ts';
import { formatFields, formatTable } from './table.ts';
import { formatTime } from './units.ts';

const headers = ['NAME', 'ID', 'MEMBERS', 'MADE', 'DESCRIPTION'] as const;

/** A line a project. */
export function projectTable(projects: readonly Project[]): string {
  const rows = projects.map(({ name, id, members, createTime, description }) =>
    [name, id, String(members.length), formatTime(createTime), description].map((text) => ({ text })),
  );
  return formatTable(headers, rows);
}

function projectFields({ name, id, description, personal, members, createTime }: Project): string {
  return formatFields([
    ['name', name],
    ['id', id],
    ['kind', personal ? 'a user’s own' : 'shared'],
    ['description', description],
    ['made', formatTime(createTime)],
    ...members.map(({ user, role }): [string, string] => [role, user]),
  ]);
}

/** The answer of a command that tells of one project. */
export function answerProject<Answer extends { readonly project?: Project | undefined }>(
  output: Output,
  method: AnswerMethod<Answer>,
  answer: Answer,
): void {
  const { project } = answer;
  if (project === undefined) return;
  output.answer(method, answer, { names: [project.name], text: () => projectFields(project) });
}
