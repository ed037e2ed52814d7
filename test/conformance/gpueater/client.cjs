/**
 * Calls the published client of GPUEater in a process of its own: a list of [function, form], one after the other.
 * Tells on the last line of stdout what each gave its callback, or threw.
 */
const client = require('gpueater');

client.set_params({ interactive: false });
const calls = JSON.parse(process.argv[2]);
const answers = [];

function next() {
  const call = calls.shift();
  if (call === undefined) {
    process.stdout.write(`\n${JSON.stringify(answers)}\n`, () => process.exit(0));
    return;
  }
  const [name, form] = call;
  const done = (error, data) => {
    answers.push({
      name,
      error: error instanceof Error ? String(error) : (error ?? null),
      data: data ?? null,
    });
    next();
  };
  try {
    if (form === undefined) client[name](done);
    else client[name](form, done);
  } catch (thrown) {
    answers.push({ name, thrown: String(thrown) });
    next();
  }
}
next();
