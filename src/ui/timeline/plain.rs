//! Many plain rectangles as one shape: one of egui's own for each would cost more than all else of a narrow clip.

use bevy_egui::egui::{Color32, Mesh, Pos2, Rangef, Rect, Shape, Ui, pos2};

/// Points between slanted lines, and their width.
const HATCH_PX: f32 = 12.0;
const HATCH_LINE_PX: f32 = 3.0;

/// Rectangles with sharp sides on whole pixels.
pub(super) struct Plain {
    mesh: Mesh,
    px_per_point: f32,
}

impl Plain {
    pub(super) fn new(ui: &Ui) -> Self {
        Self { mesh: Mesh::default(), px_per_point: ui.ctx().pixels_per_point().max(0.1) }
    }

    /// Adds a rectangle, at least a pixel wide and high.
    pub(super) fn add(&mut self, rect: Rect, color: Color32) {
        let snap = |low: f32, high: f32| {
            let low = (low * self.px_per_point).round();
            let high = (high * self.px_per_point).round().max(low + 1.0);
            (low / self.px_per_point, high / self.px_per_point)
        };
        let ((left, right), (top, bottom)) = (snap(rect.left(), rect.right()), snap(rect.top(), rect.bottom()));
        self.mesh.add_colored_rect(Rect::from_min_max(pos2(left, top), pos2(right, bottom)), color);
    }

    /// Adds an upright line, a point wide.
    pub(super) fn upright(&mut self, x: f32, y: Rangef, color: Color32) {
        self.add(Rect::from_x_y_ranges(x..=x + 1.0, y), color);
    }

    /// Adds the border of a rectangle, inside it.
    pub(super) fn border(&mut self, rect: Rect, width: f32, color: Color32) {
        let width = width.min(rect.width() * 0.5);
        self.add(rect.with_max_x(rect.left() + width), color);
        self.add(rect.with_min_x(rect.right() - width), color);
        let middle = Rect::from_x_y_ranges(rect.left() + width..=rect.right() - width, rect.y_range());
        if middle.width() > 0.0 {
            self.add(middle.with_max_y(rect.top() + width), color);
            self.add(middle.with_min_y(rect.bottom() - width), color);
        }
    }

    /// Adds slanted lines, which stay where they are in the rectangle while it moves. Only the part that is `seen` is
    /// made.
    pub(super) fn hatch(&mut self, rect: Rect, seen: Rect, color: Color32) {
        let seen = rect.intersect(seen);
        if !seen.is_positive() {
            return;
        }
        let height = rect.height();
        let steps = ((seen.left() - rect.left() - height - HATCH_LINE_PX) / HATCH_PX).floor();
        let mut x = rect.left() + steps * HATCH_PX;
        while x < seen.right() {
            let line = [
                pos2(x, rect.bottom()),
                pos2(x + HATCH_LINE_PX, rect.bottom()),
                pos2(x + HATCH_LINE_PX + height, rect.top()),
                pos2(x + height, rect.top()),
            ];
            if x >= seen.left() && x + HATCH_LINE_PX + height <= seen.right() {
                self.polygon(&line, color);
            } else {
                let inside = cut(&cut(&line, seen.left(), true), seen.right(), false);
                self.polygon(&inside, color);
            }
            x += HATCH_PX;
        }
    }

    fn polygon(&mut self, points: &[Pos2], color: Color32) {
        let first = self.mesh.vertices.len() as u32;
        points.iter().for_each(|at| self.mesh.colored_vertex(*at, color));
        (2..points.len() as u32).for_each(|last| self.mesh.add_triangle(first, first + last - 1, first + last));
    }

    /// Paints them, if there are any.
    pub(super) fn paint(self, ui: &Ui) {
        if !self.mesh.is_empty() {
            ui.painter().add(Shape::mesh(self.mesh));
        }
    }
}

/// What of a convex shape lies right of an upright line, or left of it.
fn cut(points: &[Pos2], x: f32, right: bool) -> Vec<Pos2> {
    let is_inside = |at: Pos2| if right { at.x >= x } else { at.x <= x };
    let mut left = Vec::with_capacity(points.len() + 2);
    for (index, at) in points.iter().enumerate() {
        let next = points[(index + 1) % points.len()];
        if is_inside(*at) {
            left.push(*at);
        }
        if is_inside(*at) != is_inside(next) {
            let share = (x - at.x) / (next.x - at.x);
            left.push(pos2(x, at.y + (next.y - at.y) * share));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(px_per_point: f32) -> Plain {
        Plain { mesh: Mesh::default(), px_per_point }
    }

    #[test]
    fn rectangles_lie_on_whole_pixels_and_are_never_lost() {
        let mut plain = plain(1.5);
        plain.add(Rect::from_min_max(pos2(10.1, 3.0), pos2(10.2, 9.0)), Color32::WHITE);
        plain.border(Rect::from_min_max(pos2(0.0, 0.0), pos2(3.0, 20.0)), 2.0, Color32::WHITE);
        assert!(plain.mesh.is_valid());
        for vertex in &plain.mesh.vertices {
            for side in [vertex.pos.x * 1.5, vertex.pos.y * 1.5] {
                assert!((side - side.round()).abs() < 1e-4, "{vertex:?}");
            }
        }
        let first = &plain.mesh.vertices[..4];
        let width = first.iter().map(|vertex| vertex.pos.x).fold(f32::MIN, f32::max)
            - first.iter().map(|vertex| vertex.pos.x).fold(f32::MAX, f32::min);
        assert!((width * 1.5 - 1.0).abs() < 1e-4, "{width} points");
    }

    #[test]
    fn slanted_lines_end_at_their_place_and_move_with_it() {
        let seen = Rect::from_min_max(pos2(0.0, 0.0), pos2(200.0, 100.0));
        let lines = |left: f32| {
            let mut plain = plain(1.0);
            let rect = Rect::from_min_max(pos2(left, 10.0), pos2(left + 150.0, 50.0));
            plain.hatch(rect, seen, Color32::WHITE);
            assert!(plain.mesh.is_valid() && !plain.mesh.is_empty());
            for vertex in &plain.mesh.vertices {
                assert!(rect.intersect(seen).expand(1e-3).contains(vertex.pos), "{vertex:?} leaves {rect:?}");
            }
            plain.mesh.vertices.iter().map(|vertex| vertex.pos.x - left).collect::<Vec<_>>()
        };
        let (here, there) = (lines(20.0), lines(25.5));
        assert_eq!(here.len(), there.len());
        assert!(here.iter().zip(&there).all(|(one, other)| (one - other).abs() < 1e-3), "they swim");
        // Cut off by what can be seen at either side.
        lines(-60.0);
        lines(120.0);
        let mut none = plain(1.0);
        none.hatch(Rect::from_min_max(pos2(300.0, 0.0), pos2(400.0, 50.0)), seen, Color32::WHITE);
        assert!(none.mesh.is_empty());
    }
}
