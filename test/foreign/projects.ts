/** A package by somebody else, with its own tests, as it was published. */
export interface ForeignProject {
  name: string;
  version: string;
  /** What its tests are made with. */
  make: string;
  /** Of the registry: its name and version are enough. Of Debian's archive: the path of its source below `pool`. */
  from: 'npm' | { pool: string };
  sha256: string;
  /** Programs that must be there. */
  needs: readonly string[];
  /** Files of which parts are broken. */
  sources: readonly string[];
  /** What makes a fresh copy ready for its own tests, and those. */
  install: string | null;
  test: string;
  /** What is said to `ao fix` beyond the agent. */
  flags: readonly string[];
}

/** Dependencies are resolved as of this day, so that a new version of one of them changes nothing. */
export const asOf = '2026-11-01';

const npm = {
  from: 'npm',
  needs: ['npm'],
  install: 'npm install --no-audit --no-fund --no-package-lock',
  test: 'npm test',
} as const;

export const foreignProjects: readonly ForeignProject[] = [
  {
    ...npm,
    name: 'point-in-polygon',
    version: '1.1.0',
    make: 'tape',
    sha256: '6af1390dd9c10a6a0e50b2cdf924c35539e180a9819f3cf0bdde5ede86427b86',
    sources: ['flat.js', 'nested.js', 'index.js'],
    flags: [],
  },
  {
    ...npm,
    name: 'fraction.js',
    version: '5.3.4',
    make: 'mocha',
    sha256: '27e23d8e5ad285541e13e4befc51d39739354abe1f71a348de08a1c88a54a124',
    sources: ['dist/fraction.js'],
    flags: ['--group', 'finding'],
  },
  {
    ...npm,
    name: 'roman-numerals-convert',
    version: '1.0.5',
    make: 'jest',
    sha256: '88c157605cd5b68bf1bcf067cec2066f62f89dc91054d4122bd467f66f7ced9b',
    sources: ['src/api.js'],
    flags: ['--group', 'finding'],
  },
  {
    name: 'xmltodict',
    version: '0.13.0',
    make: 'unittest',
    from: { pool: 'main/p/python-xmltodict/python-xmltodict_0.13.0.orig.tar.gz' },
    sha256: 'd74f4099d42bcca273ffd3bc9766abaa8765960eabc4399f2a6ad48cb4f58ce0',
    needs: ['python3'],
    sources: ['xmltodict.py'],
    install: null,
    test: 'python3 -m unittest discover -s tests',
    flags: [],
  },
  {
    name: 'go-version',
    version: '1.3.0',
    make: 'go test',
    from: {
      pool: 'main/g/golang-github-hashicorp-go-version/golang-github-hashicorp-go-version_1.3.0.orig.tar.gz',
    },
    sha256: 'a459b2d8a3ca4d67fc13869a7869fa6c8aff6491d465b2cbe2842b56df87cfba',
    needs: ['go'],
    sources: ['version.go', 'constraint.go', 'version_collection.go'],
    install: null,
    test: 'go test ./...',
    flags: ['--group', 'finding'],
  },
  {
    name: 'jsmn',
    version: '1.1.0',
    make: 'make',
    from: { pool: 'main/j/jsmn/jsmn_1.1.0.orig.tar.gz' },
    sha256: '5f0913a10657fe7ec8d5794ccf00a01000e3e1f2f1e1f143c34a0f7b47edcb38',
    needs: ['make', 'cc'],
    sources: ['jsmn.h'],
    install: null,
    test: 'make test',
    flags: [],
  },
  {
    name: 'libcsv',
    version: '3.0.3',
    make: 'autotools',
    from: { pool: 'main/libc/libcsv/libcsv_3.0.3+dfsg.orig.tar.gz' },
    sha256: '06fddfaca720a4be7603bad63eb1833bca5b6c5a69b42b1c518a02cda2a73aef',
    needs: ['make', 'cc'],
    sources: ['libcsv.c'],
    install: './configure --quiet --disable-shared --disable-dependency-tracking',
    // Its tests are not linked again for a new library, and before it is configured there is no makefile to detect.
    test: 'make clean check',
    flags: ['--check', 'test=make clean check'],
  },
];
