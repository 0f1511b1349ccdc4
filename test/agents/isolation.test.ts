import assert from 'node:assert/strict';
import test from 'node:test';
import { attemptsIn, leaves } from './isolation.ts';

test('a call that another thread interrupts in the trace is one, with its result', () => {
  const to = '{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.53")}, 16';
  const trace = [
    `21 connect(7, ${to} <unfinished ...>`,
    `22 connect(8, ${to} <unfinished ...>`,
    '21 <... connect resumed>)            = -1 ENETUNREACH (Network is unreachable)',
    '22 <... connect resumed>)            = 0',
    `23 connect(9, ${to} <unfinished ...>`,
  ].join('\n');
  assert.deepEqual(
    attemptsIn(trace).map(({ failed }) => failed),
    [true, false, false],
  );
});

test('a trace tells whom a client tried to reach, and which of that leaves loopback', () => {
  const trace = [
    '11 connect(20, {sa_family=AF_INET, sin_port=htons(37383), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)',
    '12 connect(21, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)',
    '12 connect(21, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
    '13 connect(7, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 ENETUNREACH (Network is unreachable)',
    '13 connect(7, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
    '14 sendto(9, "\\1\\0", 2, MSG_NOSIGNAL, {sa_family=AF_INET, sin_port=htons(123), sin_addr=inet_addr("203.0.113.9")}, 16) = 2',
  ].join('\n');
  const attempts = attemptsIn(trace);
  assert.deepEqual(
    attempts.map((attempt) => [attempt.address, attempt.port, attempt.failed, leaves(attempt)]),
    [
      ['127.0.0.1', 37383, false, false],
      ['127.0.0.53', 53, false, true],
      ['2001:db8::1', 443, true, true],
      ['::1', 80, false, false],
      ['203.0.113.9', 123, false, true],
    ],
  );
});
