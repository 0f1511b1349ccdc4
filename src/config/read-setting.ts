import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AoError } from '../domain/errors.ts';
import { ArgvError, parseArgv } from '../lib/argv.ts';
import { closest } from '../lib/closest.ts';
import { parseDuration } from '../lib/duration.ts';
import { flagName, type Setting } from './settings.ts';

export interface CheckSetting {
  name: string;
  command: string;
  /** null: `checkTimeout` holds. */
  timeoutMs: number | null;
}

/** One value that somebody gave, and where. */
export interface Given {
  value: unknown;
  source: 'flag' | 'variable' | 'file';
  /** What a relative path is relative to. */
  folder: string;
  /** Where it stands in its file: `path:line:column`; empty for what stands in none. */
  place: string;
}

export const checkName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
export const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

const truths: Record<string, boolean> = {
  '1': true,
  true: true,
  yes: true,
  on: true,
  '0': false,
  false: false,
  no: false,
  off: false,
};

function wrong(setting: Setting, given: Given, what: string, hint: string): AoError {
  const inFile = `${given.place}: fix.${setting.key}`;
  const names = { flag: flagName(setting), variable: setting.variable, file: inFile };
  return new AoError(given.source === 'flag' ? 'usage' : 'config', `${names[given.source]}: ${what}`, hint);
}

/** Text in messages is data of the user: one line and not too long. */
function quote(value: unknown): string {
  return JSON.stringify(String(value).slice(0, 80));
}

export function readText(setting: Setting, given: Given): string {
  const text = passable(setting, given, String(given.value).trim());
  if (text === '') throw wrong(setting, given, 'is empty', 'Give it a value, or leave it out.');
  return text;
}

/** No program can be started with other text. */
function passable(setting: Setting, given: Given, text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  throw wrong(setting, given, 'holds a zero byte, or half a character', 'Take that out.');
}

export function readFile(setting: Setting, given: Given): string {
  return resolve(given.folder, readText(setting, given));
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // also one that may not be looked at, or whose name is too long
  }
}

/** One that exists: nobody makes an account by a slip of the pen. */
export function readDirectory(setting: Setting, given: Given): string {
  const path = readFile(setting, given);
  if (isDirectory(path)) return path;
  throw wrong(
    setting,
    given,
    `${quote(path)} is not a directory`,
    'Make it, and log in there with the agent itself; or leave it out. ~ is read by shells only.',
  );
}

export function readCount(setting: Setting, given: Given): number {
  const text = String(given.value).trim();
  const most = setting.most ?? Number.MAX_SAFE_INTEGER;
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= most) return count;
  throw wrong(
    setting,
    given,
    `${quote(given.value)} is not a number from 1 to ${most}`,
    `For example: ${flagName(setting)} 2`,
  );
}

/** Timers of the system know no longer ones: they would end at once. */
export const longestMs = 24 * 24 * 3_600_000;

export function readDuration(setting: Setting, given: Given): number {
  const duration = parseDuration(String(given.value));
  if (duration !== null && duration > longestMs) {
    throw wrong(setting, given, `${quote(given.value)} is too long`, 'Write at most 24 days.');
  }
  if (duration !== null && duration > 0) return duration;
  throw wrong(setting, given, `${quote(given.value)} is not a duration`, 'Write it like 90s, 30m or 1h30m.');
}

export function readSwitch(setting: Setting, given: Given): boolean {
  if (typeof given.value === 'boolean') return given.value;
  const truth = truths[String(given.value).trim().toLowerCase()];
  if (truth !== undefined) return truth;
  throw wrong(setting, given, `${quote(given.value)} is neither yes nor no`, 'Write 1 or 0.');
}

export function readChoice(
  setting: Setting,
  given: Given,
  choices: readonly string[] = setting.choices ?? [],
): string {
  const text = readText(setting, given);
  if (choices.includes(text)) return text;
  const near = closest(text, choices);
  const hint =
    near === null
      ? `Choose one of ${choices.join(', ')}.`
      : `Did you mean ${near}? Choose one of ${choices.join(', ')}.`;
  throw wrong(setting, given, `there is no ${quote(text)}`, hint);
}

/** A program given by a relative path is the user's file, not one in the agent's workspace. */
export function readCommand(setting: Setting, given: Given): string[] {
  const argv = Array.isArray(given.value) ? given.value.map(String) : splitCommand(setting, given);
  const [program = '', ...rest] = argv;
  if (program === '') throw wrong(setting, given, 'names no program', 'Write a program and its arguments.');
  for (const word of argv) passable(setting, given, word);
  return [program.includes('/') ? resolve(given.folder, program) : program, ...rest];
}

function splitCommand(setting: Setting, given: Given): string[] {
  try {
    return parseArgv(String(given.value));
  } catch (error) {
    if (!(error instanceof ArgvError)) throw error;
    throw wrong(setting, given, error.message, 'Quote as in a shell, or write a JSON array of strings.');
  }
}

/** Flags: one `name=command` each. Variable: such lines, or a JSON object. File: a map. */
export function readChecks(setting: Setting, given: Given): CheckSetting[] {
  const checks = isMap(given.value)
    ? Object.entries(given.value).map(([name, value]) => checkOfMap(setting, given, { name, value }))
    : checkLines(given.value).map((line) => checkOfLine(setting, given, line));
  const names = new Set<string>();
  for (const { name, command } of checks) {
    passable(setting, given, command);
    if (names.has(name))
      throw wrong(setting, given, `two checks are called ${quote(name)}`, 'Give each its own name.');
    names.add(name);
  }
  return checks;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkLines(value: unknown): string[] {
  const lines = Array.isArray(value) ? value.map(String) : String(value).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

function checkOfLine(setting: Setting, given: Given, line: string): CheckSetting {
  const at = line.indexOf('=');
  const [name, command] = [line.slice(0, Math.max(at, 0)).trim(), line.slice(at + 1).trim()];
  if (at > 0 && checkName.test(name) && command !== '') return { name, command, timeoutMs: null };
  throw wrong(setting, given, `${quote(line)} is not name=command`, 'For example: --check test="npm test"');
}

function checkOfMap(setting: Setting, given: Given, entry: { name: string; value: unknown }): CheckSetting {
  const { name, value } = entry;
  const [command, timeout] = isMap(value) ? [value['command'], value['timeout']] : [value, undefined];
  if (!checkName.test(name) || typeof command !== 'string' || command.trim() === '') {
    throw wrong(setting, given, `${quote(name)} is not a check`, 'Write a name and a command.');
  }
  const timeoutMs = timeout === undefined ? null : readDuration(setting, { ...given, value: timeout });
  return { name, command: command.trim(), timeoutMs };
}

export function readNames(setting: Setting, given: Given): string[] {
  const parts = Array.isArray(given.value) ? given.value.map(String) : String(given.value).split(/[\s,]+/);
  const names = parts.map((name) => name.trim()).filter((name) => name !== '');
  const bad = names.find((name) => !variableName.test(name));
  if (bad === undefined) return names;
  throw wrong(
    setting,
    given,
    `${quote(bad)} is not the name of a variable`,
    'Write names only, without values.',
  );
}
