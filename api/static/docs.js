// Shows /openapi.json. Text is only ever set as text; nothing is loaded from elsewhere.
'use strict';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

function element(name, text, ...children) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
}

// A schema as a readable sketch: references are followed once, so that a recursive type ends.
function sketch(schema, components, seen = []) {
    if (!schema) return '';
    if (schema.$ref) {
        const name = schema.$ref.split('/').pop();
        return seen.includes(name) ? name : sketch(components[name], components, [...seen, name]);
    }
    const choices = schema.anyOf || schema.oneOf;
    if (choices) return choices.map((one) => sketch(one, components, seen)).join('\n| ');
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.type === 'array') return `[ ${sketch(schema.items, components, seen)} … ]`;
    if (schema.properties) {
        const required = schema.required || [];
        const lines = Object.entries(schema.properties).map(([name, value]) =>
            `${name}${required.includes(name) ? '' : '?'}: ${sketch(value, components, seen)}`.replace(/\n/g, '\n  ')
        );
        return `{\n  ${lines.join('\n  ')}\n}`;
    }
    if (schema.additionalProperties) return `{ name: ${sketch(schema.additionalProperties, components, seen)} }`;
    return schema.type || 'any';
}

function body(title, content, components) {
    return Object.entries(content || {}).map(([type, media]) =>
        element('div', '', element('h3', `${title} (${type})`), element('pre', sketch(media.schema, components)))
    );
}

function parameters(list) {
    if (!list?.length) return [];
    const rows = list.map((one) =>
        element(
            'tr',
            '',
            element('td', '', element('code', one.name)),
            element('td', `${one.in}${one.required ? ', required' : ''}`),
            element('td', sketch(one.schema, {})),
            element('td', one.description || '')
        )
    );
    const head = element('tr', '', ...['Name', 'In', 'Type', 'Meaning'].map((text) => element('th', text)));
    return [element('h3', 'Parameters'), element('table', '', head, ...rows)];
}

function operation(path, method, one, components) {
    const summary = element(
        'summary',
        '',
        element('span', method.toUpperCase()),
        element('code', path),
        element('span', ` ${one.summary}`)
    );
    summary.firstChild.className = 'method';
    summary.lastChild.className = 'muted';
    const answers = Object.entries(one.responses).flatMap(([status, answer]) => {
        const shown = Number(status) < 400 ? body(`${status} ${answer.description}`, answer.content, components) : [];
        return shown.length ? shown : [element('h3', `${status} ${answer.description}`)];
    });
    const made = element(
        'details',
        '',
        summary,
        element('p', one.description || ''),
        ...parameters(one.parameters),
        ...body('Body', one.requestBody?.content, components),
        ...answers
    );
    made.className = 'operation';
    made.dataset.words = `${path} ${one.summary} ${one.tags.join(' ')}`.toLowerCase();
    return made;
}

function show(spec) {
    document.getElementById('title').textContent = `${spec.info.title} ${spec.info.version}`;
    document.getElementById('about').textContent = spec.info.description;
    const groups = new Map();
    for (const [path, item] of Object.entries(spec.paths)) {
        for (const method of METHODS.filter((name) => item[name])) {
            const tag = item[method].tags[0];
            if (!groups.has(tag)) groups.set(tag, element('section', '', element('h2', tag)));
            groups.get(tag).append(operation(path, method, item[method], spec.components.schemas));
        }
    }
    document.getElementById('operations').replaceChildren(...groups.values());
}

document.getElementById('find').addEventListener('input', (event) => {
    const word = event.target.value.toLowerCase();
    for (const one of document.querySelectorAll('details.operation')) one.hidden = !one.dataset.words.includes(word);
});

fetch('/openapi.json')
    .then((answer) => answer.json())
    .then(show)
    .catch((error) => {
        document.getElementById('operations').textContent = `The document could not be loaded: ${error}`;
    });
