// Planes of luma and chroma to red, green and blue, where the film lies on the screen.

struct Side {
    // Times (Y, Cb, Cr, 1).
    red: vec4f,
    green: vec4f,
    blue: vec4f,
    // How a picture of another shape lies in the film's frame: scale about the middle. Then how far samples of chroma
    // lie beside the pixels that they are for.
    scale: vec2f,
    chroma_shift: vec2f,
}

struct Layout {
    sides: array<Side, 2>,
    corner_px: vec2f,
    picture_px: vec2f,
    // Left of it the first side is shown.
    split_px: f32,
    // Samples of the film for a pixel of the screen, along a side.
    samples: u32,
    // Whether pixels of the film are seen as squares.
    is_close: u32,
    pad: u32,
}

@group(0) @binding(0) var<uniform> shown: Layout;
@group(0) @binding(1) var smooth_sampler: sampler;
@group(0) @binding(2) var close_sampler: sampler;
@group(0) @binding(3) var left_luma: texture_2d<f32>;
@group(0) @binding(4) var left_cb: texture_2d<f32>;
@group(0) @binding(5) var left_cr: texture_2d<f32>;
@group(0) @binding(6) var right_luma: texture_2d<f32>;
@group(0) @binding(7) var right_cb: texture_2d<f32>;
@group(0) @binding(8) var right_cr: texture_2d<f32>;

@vertex
fn corners(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    // One triangle that covers the screen.
    let across = f32(index & 1u) * 4.0 - 1.0;
    let down = f32(index >> 1u) * 4.0 - 1.0;
    return vec4f(across, down, 0.0, 1.0);
}

// The codes at a point of the film, and 1; all 0 outside of the picture.
fn codes(side: Side, luma: texture_2d<f32>, cb: texture_2d<f32>, cr: texture_2d<f32>, film_uv: vec2f) -> vec4f {
    let uv = (film_uv - 0.5) * side.scale + 0.5;
    if any(uv < vec2f(0.0)) || any(uv >= vec2f(1.0)) {
        return vec4f(0.0);
    }
    var y = textureSampleLevel(luma, smooth_sampler, uv, 0.0).r;
    if shown.is_close != 0u {
        y = textureSampleLevel(luma, close_sampler, uv, 0.0).r;
    }
    let chroma_uv = uv + side.chroma_shift;
    let u = textureSampleLevel(cb, smooth_sampler, chroma_uv, 0.0).r;
    let v = textureSampleLevel(cr, smooth_sampler, chroma_uv, 0.0).r;
    return vec4f(y, u, v, 1.0);
}

@fragment
fn light(@builtin(position) at: vec4f) -> @location(0) vec4f {
    let is_left = at.x < shown.split_px;
    let side = shown.sides[select(1u, 0u, is_left)];
    var sum = vec4f(0.0);
    let samples = shown.samples;
    for (var down = 0u; down < samples; down++) {
        for (var across = 0u; across < samples; across++) {
            let point = at.xy - 0.5 + (vec2f(f32(across), f32(down)) + 0.5) / f32(samples);
            let film_uv = (point - shown.corner_px) / shown.picture_px;
            if is_left {
                sum += codes(side, left_luma, left_cb, left_cr, film_uv);
            } else {
                sum += codes(side, right_luma, right_cb, right_cr, film_uv);
            }
        }
    }
    if sum.w == 0.0 {
        return vec4f(0.0);
    }
    let mean = vec4f(sum.xyz / sum.w, 1.0);
    let rgb = vec3f(dot(side.red, mean), dot(side.green, mean), dot(side.blue, mean));
    let cover = sum.w / f32(samples * samples);
    return vec4f(clamp(rgb, vec3f(0.0), vec3f(1.0)) * cover, cover);
}
