/** A shorter value is a word that stands anywhere. */
const shortest = 8;

const secretName = /key|token|secret|passw|passphrase|(?:^|_)pass(?:_|$)|pwd|auth|credential/i;
/** Says where something is, not what. */
const placeName = /(_file|_path|_dir|_home|_sock|_url)$|^(old)?pwd$|^xauthority$|keyboard/i;

const isSecret = (name: string): boolean => secretName.test(name) && !placeName.test(name);

/** The values of an environment that its names call secret; also without the line end that programs take off, and what stands within others. */
export function secretValues(env: Readonly<Record<string, string>>): string[] {
  const values = Object.entries(env).flatMap(([name, value]) => [
    ...(isSecret(name) ? [value, value.trim()] : []),
    ...passwordsIn(value),
    ...(/_headers$/i.test(name) ? headersIn(value) : []),
    ...(value.trimStart().startsWith('{') ? settingsIn(value) : []),
  ]);
  return [...new Set(values.filter((value) => value.length >= shortest))];
}

/** `http://somebody:password@proxy` */
function passwordsIn(value: string): string[] {
  return [...value.matchAll(/:\/\/[^\s/:@]*:([^\s/@]+)@/g)].flatMap(([, password = '']) => {
    try {
      return [password, decodeURIComponent(password)];
    } catch {
      return [password];
    }
  });
}

/** `X-Api-Key: value`, a line each. */
function headersIn(value: string): string[] {
  return [...value.matchAll(/^\s*([\w-]+):\s*(?:bearer |basic )?(.*)$/gim)].flatMap(
    ([, name = '', text = '']) => (isSecret(name) ? [text.trim()] : []),
  );
}

/** Of settings or logins in JSON, by the names in them. */
function settingsIn(value: string): string[] {
  const found: string[] = [];
  try {
    JSON.parse(value, (name, part: unknown) => {
      if (typeof part === 'string' && (isSecret(name) || /^(?:access|refresh)$/.test(name))) found.push(part);
      return part;
    });
  } catch {
    // it is of another form
  }
  return found;
}

/** How a value may stand in text: as it is, in JSON (also twice over), in a URL, in hexadecimal digits. */
export function plainForms(value: string): string[] {
  const whole = value.toWellFormed();
  const inJson = JSON.stringify(whole).slice(1, -1);
  const ascii = inJson.replace(/[^ -~]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  const component = encodeURIComponent(whole);
  const strict = component.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const urls = [component, strict, encodeURI(whole), strict.replaceAll('%20', '+')];
  const hex = Buffer.from(whole).toString('hex');
  const texts = [value, whole, inJson, inJson.replaceAll('/', '\\/'), ascii];
  const forms = [
    ...texts,
    ...texts.map((text) => JSON.stringify(text).slice(1, -1)),
    ...urls,
    ...urls.map((url) => url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    hex,
    hex.toUpperCase(),
  ];
  return [...new Set(forms.flatMap((form) => [form, Buffer.from(form).toString('latin1')]))];
}

/** The part of a value's base64 that is the same whatever stands around it, for each place where it may begin. */
export function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url');
    const own = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return own.includes('-') || own.includes('_')
      ? [own, own.replaceAll('-', '+').replaceAll('_', '/')]
      : [own];
  });
}
