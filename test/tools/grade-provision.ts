// How well repositories and texts are understood: npm run grade:provision -- DIRECTORY, or -- --texts FILE
// Each folder of the directory is a repository with an expected.json (its fields: test/unit/provision/repository/grade.ts); the
// file is a list of texts with what they ask for (its fields: test/unit/provision/text/grade-text.ts).
import { gradeRepositories } from './grade-repositories.ts';
import { gradeTexts } from './grade-texts.ts';

const [directory, file] = process.argv.slice(2);
if (directory === undefined)
  throw new Error('Give the directory with the repositories, or --texts and a file.');
if (directory !== '--texts') {
  await gradeRepositories(directory);
} else if (file === undefined) {
  throw new Error('Give the file with the texts.');
} else {
  await gradeTexts(file);
}
