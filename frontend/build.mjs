// Builds what the console serves and cannot write by hand: plotly.js with only the trace types in use
// (plotly.entry.cjs), Bootstrap's style sheet over our tokens (bootstrap.scss), idiomorph, the two variable fonts, and the
// icons that icons.txt lists, as CSS masks.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { environmentPlugin } from 'esbuild-plugin-environment';
import { glsl } from 'esbuild-plugin-glsl';
import inlineCss from 'esbuild-plugin-inline-css';
import { compile } from 'sass';

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, '..', 'console', 'assets');
const modules = join(here, 'node_modules');
const versionOf = (name) => JSON.parse(readFileSync(join(modules, name, 'package.json'))).version;

async function plotly() {
    await build({
        absWorkingDir: here,
        entryPoints: ['plotly.entry.cjs'],
        outfile: join(assets, 'vendor', 'plotly.min.js'),
        format: 'iife',
        globalName: 'Plotly',
        bundle: true,
        minify: true,
        target: 'es2018',
        legalComments: 'none',
        banner: {
            js: `/* plotly.js v${versionOf('plotly.js')} custom strict bundle, (c) Plotly, Inc., MIT license */`
        },
        plugins: [(inlineCss.default ?? inlineCss)(), glsl({ minify: true }), environmentPlugin({ NODE_DEBUG: false })],
        alias: { buffer: 'buffer/', regl: '@plotly/regl', stream: 'stream-browserify' },
        define: { global: 'window', 'define.amd': 'false' }
    });
}

// In a layer of its own: whatever a rule of ours says wins, however little specific it is.
async function bootstrap() {
    const silenced = ['import', 'global-builtin', 'color-functions', 'if-function'];
    const { css } = compile(join(here, 'bootstrap.scss'), {
        loadPaths: [modules],
        quietDeps: true,
        silenceDeprecations: silenced
    });
    const { code } = await transform(css.replace(/^@charset[^;]*;/, '').replace(/\/\*!.*?\*\//gs, ''), {
        loader: 'css',
        minify: true
    });
    writeFileSync(
        join(assets, 'vendor', 'bootstrap.css'),
        `/* Bootstrap v${versionOf('bootstrap')}, (c) The Bootstrap Authors, MIT license; made by frontend/build.mjs from bootstrap.scss */\n@layer bootstrap{${code.trim()}}\n`
    );
}

// What puts HTML of the server in place by what differs from what is there.
function idiomorph() {
    const code = readFileSync(join(modules, 'idiomorph/dist/idiomorph.min.js'), 'utf8').trim();
    const banner = `/* idiomorph v${versionOf('idiomorph')}, (c) Big Sky Software, 0BSD license */`;
    writeFileSync(join(assets, 'vendor', 'idiomorph.min.js'), `${banner}\n${code}\n`);
}

function fonts() {
    const to = join(assets, 'fonts');
    mkdirSync(to, { recursive: true });
    for (const [name, pkg] of [
        ['inter', '@fontsource-variable/inter'],
        ['jetbrains-mono', '@fontsource-variable/jetbrains-mono']
    ]) {
        copyFileSync(join(modules, pkg, `files/${name}-latin-wght-normal.woff2`), join(to, `${name}.woff2`));
        copyFileSync(join(modules, pkg, 'LICENSE'), join(to, `${name}-LICENSE.txt`));
    }
}

function icons() {
    const names = readFileSync(join(here, 'icons.txt'), 'utf8')
        .split('\n')
        .map((s) => s.trim())
        .filter(Boolean);
    const rules = names.map((name) => {
        const svg = readFileSync(join(modules, 'bootstrap-icons/icons', `${name}.svg`), 'utf8')
            .replace(/\s*(class|fill|width|height)="[^"]*"/g, '')
            .replace(/\s+/g, ' ')
            .replace(/> </g, '><')
            .trim();
        return `.i-${name}{--i:url("data:image/svg+xml,${encodeURIComponent(svg).replace(/%20/g, ' ').replace(/%3D/g, '=').replace(/%3A/g, ':').replace(/%2F/g, '/').replace(/%22/g, "'")}")}`;
    });
    writeFileSync(
        join(assets, 'icons.css'),
        `/* Bootstrap Icons (MIT), only those in use; made by frontend/build.mjs from icons.txt */\n${rules.join('\n')}\n`
    );
}

fonts();
icons();
idiomorph();
await bootstrap();
await plotly();
