import assert from 'node:assert/strict';
import { cast } from '../../src/demo/cast.ts';
import { type DemoPlan, help, readCommand } from '../../src/demo/flags.ts';

const planOf = (args: readonly string[], env: Readonly<Record<string, string>> = {}): DemoPlan => {
  const command = readCommand(args, env);
  assert.equal(command.kind, 'run');
  return command.kind === 'run' ? command.plan : assert.fail();
};

const complaint = (args: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
  const command = readCommand(args, env);
  assert.equal(command.kind, 'wrong');
  return command.kind === 'wrong' ? command.message : assert.fail();
};

describe('demo: flags and variables', () => {
  it('starts with the Playground, 500 devices, Alex and lasting data where nothing is said', () => {
    const { speaker, ...plan } = planOf([]);
    assert.equal(speaker.name, 'Alex Wilber');
    assert.deepEqual(plan, { devices: 500, playground: true, ephemeral: false, dataFolder: '.keydesk', ports: { keydesk: 3978, simulator: 3979, playground: 56_150 } });
  });

  it('takes every flag', () => {
    const plan = planOf(['--as', 'Megan', '--devices', '2000', '--ephemeral', '--no-playground']);
    assert.equal(plan.speaker.name, 'Megan Bowen');
    assert.deepEqual([plan.devices, plan.ephemeral, plan.playground, plan.ask], [2000, true, false, undefined]);
  });

  it('is in application mode, and says why when somebody wants the other', () => {
    assert.match(complaint([], { KEYDESK_GRAPH_MODE: 'delegated' }), /application mode: the Playground cannot sign anybody in/);
    assert.equal(planOf([], { KEYDESK_GRAPH_MODE: 'application' }).devices, 500);
  });

  it('goes without the Playground when it plays in the terminal', () => {
    const plan = planOf(['--ask', 'key for LAPTOP-42']);
    assert.deepEqual([plan.ask, plan.playground], ['key for LAPTOP-42', false]);
  });

  it('takes words that begin with a dash after an equals sign', () => {
    assert.equal(planOf(['--ask=--help']).ask, '--help');
  });

  for (const { name } of cast) {
    const [first = ''] = name.split(' ');
    it(`knows ${first}, in whatever letters`, () => {
      assert.equal(planOf(['--as', first]).speaker.name, name);
      assert.equal(planOf(['--as', first.toUpperCase()]).speaker.name, name);
    });
  }

  it('takes ports and the data folder from the environment', () => {
    const plan = planOf([], { PORT: '4978', KEYDESK_SIM_PORT: '4979', KEYDESK_PLAYGROUND_PORT: '4980', KEYDESK_POSTGRES_PORT: '4981', KEYDESK_DATA_DIR: '/var/tmp/somewhere' });
    assert.deepEqual(plan.ports, { keydesk: 4978, simulator: 4979, playground: 4980, postgres: 4981 });
    assert.equal(plan.dataFolder, '/var/tmp/somewhere');
  });

  it('takes an empty variable for none, and 0 for any free port', () => {
    const plan = planOf([], { PORT: '', KEYDESK_DATA_DIR: '', KEYDESK_SIM_PORT: '0', KEYDESK_POSTGRES_PORT: '0' });
    assert.deepEqual(plan.ports, { keydesk: 3978, simulator: 0, playground: 56_150 });
    assert.equal(plan.dataFolder, '.keydesk');
  });

  const wrong: readonly (readonly [title: string, args: readonly string[], said: RegExp])[] = [
    ['a flag that nobody knows', ['--bogus'], /--bogus/],
    ['words that belong to no flag', ['key for LAPTOP-42'], /key for LAPTOP-42/],
    ['--ask without words', ['--ask'], /--ask/],
    ['--ask with nothing but blanks', ['--ask', '  '], /--ask wants the words/],
    ['--ask followed by another flag', ['--ask', '--ephemeral'], /--ask/],
    ['--as without a name', ['--as'], /--as/],
    ['somebody who is not in the demo', ['--as', 'Somebody'], /Alex, Megan, Adele, Grady, Lee, Isaiah.*"Somebody"/],
    ['an empty name', ['--as', ''], /--as wants the first name/],
    ['--devices without a number', ['--devices'], /--devices/],
    ['a value for a flag that takes none', ['--ephemeral=yes'], /--ephemeral/],
    ...['many', '-1', '0', '1.5', '1e3', '200001', ''].map((devices) => [`"${devices}" devices`, [`--devices=${devices}`], /--devices wants a number from 1 to 200000/] as const),
  ];
  for (const [title, args, said] of wrong) {
    it(`does not understand ${title}, and says where help is`, () => {
      assert.match(complaint(args), said);
      assert.match(complaint(args), /npm run demo -- --help/);
    });
  }

  for (const variable of ['PORT', 'KEYDESK_SIM_PORT', 'KEYDESK_PLAYGROUND_PORT', 'KEYDESK_POSTGRES_PORT']) {
    it(`does not understand ${variable} when it is no port`, () => {
      for (const value of ['http', '-1', '65536', '3978.5']) assert.match(complaint([], { [variable]: value }), new RegExp(`${variable} wants the number of a port.*"${value.replace('.', String.raw`\.`)}"`));
      assert.equal(readCommand([], { [variable]: '65535' }).kind, 'run');
    });
  }

  it('prefers help to anything else, and help names every flag and variable', () => {
    assert.equal(readCommand(['--help', '--as', 'Somebody'], {}).kind, 'help');
    for (const word of ['--ask', '--as', '--devices', '--no-playground', '--ephemeral', '--help', 'PORT', 'KEYDESK_SIM_PORT', 'KEYDESK_PLAYGROUND_PORT', 'KEYDESK_POSTGRES_PORT', 'KEYDESK_DATA_DIR']) {
      assert.ok(help.includes(`\n${word}`), word);
    }
  });
});
